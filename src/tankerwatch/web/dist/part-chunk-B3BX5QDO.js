import{c as ue}from"./part-chunk-GO5O6ABP.js";import{a as ne,b as O,c as z,e as k,f as w,g as oe,h as re,i as S,j as de}from"./part-chunk-3JNKCZQR.js";import{h as Z,i as ee,l as te,m as se,w as P,x as ce}from"./part-chunk-2MRWUPBK.js";import{a as I,b as N,c as K,e as ie,f as le,h as ae}from"./part-chunk-DMBBU6YY.js";import{E as Q,F as X,a as c,c as x,d as m,f as F,j as i,k as R,o as G,p as B,z as J}from"./part-chunk-BQN4T6UY.js";import{a as y}from"./part-chunk-LLBSI5OJ.js";var pe=(e,t,s)=>{let r=new Map;for(let n=t;n<=s;n++)r.set(e[n],n);return r},E=O(class extends z{constructor(e){if(super(e),e.type!==ne.CHILD)throw Error("repeat() can only be used in text expressions")}dt(e,t,s){let r;s===void 0?s=t:t!==void 0&&(r=t);let n=[],l=[],a=0;for(let g of e)n[a]=r?r(g,a):a,l[a]=s(g,a),a++;return{values:l,keys:n}}render(e,t,s){return this.dt(e,t,s).values}update(e,[t,s,r]){let n=re(e),{values:l,keys:a}=this.dt(t,s,r);if(!Array.isArray(n))return this.ut=a,l;let g=this.ut??=[],h=[],o,p,d=0,f=n.length-1,u=0,$=l.length-1;for(;d<=f&&u<=$;)if(n[d]===null)d++;else if(n[f]===null)f--;else if(g[d]===a[u])h[u]=w(n[d],l[u]),d++,u++;else if(g[f]===a[$])h[$]=w(n[f],l[$]),f--,$--;else if(g[d]===a[$])h[$]=w(n[d],l[$]),k(e,h[$+1],n[d]),d++,$--;else if(g[f]===a[u])h[u]=w(n[f],l[u]),k(e,n[d],n[f]),f--,u++;else if(o===void 0&&(o=pe(a,u,$),p=pe(g,d,f)),o.has(g[d]))if(o.has(g[f])){let v=p.get(a[u]),V=v!==void 0?n[v]:null;if(V===null){let j=k(e,n[d]);w(j,l[u]),h[u]=j}else h[u]=w(V,l[u]),k(e,n[d],V),n[v]=null;u++}else S(n[f]),f--;else S(n[d]),d++;for(;u<=$;){let v=k(e,h[$+1]);w(v,l[u]),h[u++]=v}for(;d<=f;){let v=n[d++];v!==null&&S(v)}return this.ut=a,oe(e,h),x}});var Te=[[523,1],[659,1],[880,2],[1047,3]],q=.16,xe=.25,Re=30*6e4,b=null,fe=-1,H=!1,A=Q(),Ee=[],M=()=>Date.now()<A;function me(e){b??=new AudioContext,b.resume();let[t,s]=Te[e];for(let r=0;r<s;r++){let n=b.currentTime+r*q*1.5,l=b.createOscillator(),a=b.createGain();l.frequency.value=t,a.gain.setValueAtTime(0,n),a.gain.linearRampToValueAtTime(xe,n+.02),a.gain.linearRampToValueAtTime(0,n+q),l.connect(a).connect(b.destination),l.start(n),l.stop(n+q)}}var W=e=>e.state==="open"&&e.acknowledged_s===null&&e.snoozed_until_s===null;function et(){if(!i.alertsKnown){H=!1;return}let e=Math.max(-1,...[...i.alerts.values()].filter(W).map(t=>y[t.severity]));H&&e>fe&&!M()&&(Ee.push(Object.keys(y).find(t=>y[t]===e)),me(e)),fe=e,H=!0}function Le(){A=M()?A===1/0?0:1/0:Date.now()+Re,X(A),i.changed()}function Oe(){me(y.danger),i.say(M()?"This is the sound of danger. Alerts themselves are muted now":"This is the sound of danger")}function ge(){let e=M(),t=e?A===1/0?"Sound off":`Sound off until ${R(A/1e3)}`:"Sound on";return c`<div class="sound">
    <button class="small ${e?"muted":""}" aria-pressed=${e?"true":"false"} title=${e?"Press for longer, then for on":"Off for 30 minutes"} @click=${Le}>${ce(e?"muted":"sound")} ${t}</button>
    <button class="small" @click=${Oe}>Test</button>
    ${b?.state==="suspended"?c`<span class="quiet">press Test once: this browser keeps silent until then</span>`:m}
  </div>`}var ze={},he=O(class extends z{constructor(){super(...arguments),this.ot=ze}render(e,t){return t()}update(e,[t,s]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((r,n)=>r===this.ot[n]))return x}else if(this.ot===t)return x;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,s)}});var L=[],_=[],T=[],C=!1,$e="",D=0,ve=!1,ye=!1,we=e=>Math.round((e.score??0)*10),U=e=>y[e.severity]*2+(e.acknowledged_s===null?1:0),be=(e,t)=>U(t)-U(e)||we(t)-we(e)||t.raised_s-e.raised_s||(e.id<t.id?-1:1);function Se(){let e=i.openAlerts().filter(K).sort(be),t=e.filter(o=>o.snoozed_until_s!==null).sort((o,p)=>o.snoozed_until_s-p.snoozed_until_s),s=I.state==="snoozed"?[]:e.filter(o=>o.snoozed_until_s===null),r=new Map;for(let o of i.incidents.values())o.state==="open"&&r.set(o.id,{key:`incident ${o.id}`,incident:o,alerts:[]});let n=o=>o.alerts.some(p=>s.some(d=>d.id===p));if(N())for(let o of[...r.values()])n(o.incident)||r.delete(o.incident.id);let l={key:"lone",incident:null,alerts:[]};for(let o of s)(r.get(o.incident??"")??l).alerts.push(o.id);let a=o=>{let p=o.alerts.length?i.alerts.get(o.alerts[0]):null;return Math.max(p?U(p):0,y[o.incident.severity]*2)},g=[...r.values()].sort((o,p)=>a(p)-a(o)||p.incident.start_s-o.incident.start_s||(o.key<p.key?-1:1));l.alerts.length&&g.push(l);let h=[...i.alerts.values()].filter(o=>o.state!=="open"&&K(o));return h.sort((o,p)=>(p.end_s??p.updated_s)-(o.end_s??o.updated_s)||(o.id<p.id?-1:1)),{groups:g,asleep:t.map(o=>o.id),over:h.map(o=>o.id)}}var ke=()=>L.flatMap(e=>e.alerts),vt=()=>[...ke(),..._,...T],Ie=()=>import("./part-alert-table-53GYDXGU.js").then(e=>e.openAlertTable());function Me(e){if(e.state==="open")return e.reason;let t=e.history.findLast(s=>["withdraw","dismiss","end","close"].includes(s.verb));return t?.words?t.by?`${t.verb==="close"?"Closed":"Dismissed"} by ${t.by}: ${t.words}`:t.words:e.reason}function Y(e){let t=i.clock_s(),s=i.selection.alert===e.id,r=e.state==="open"?e.severity:`${e.state} · was ${e.severity}`,n=e.severity==="distress"&&e.state==="open"&&e.acknowledged_s===null;return c`<li
    class="alert ${e.severity} ${e.state} ${e.acknowledged_s===null?"new":"answered"} ${n?"loud":""}"
    data-alert-id=${e.id}
    data-detector=${e.detector}
    data-severity=${e.severity}
    data-state=${e.state}
  >
    <button
      class="row"
      aria-current=${s?"true":"false"}
      @click=${()=>{Z(e.id),se(e)}}
    >
      ${P(e.severity)}
      <span class="row-text">
        <span class="row-top"
          ><span class="severity-word">${r}</span>${e.confirmed?c`<span class="tag">confirmed</span>`:m}${e.acknowledged_s===null?m:c`<span class="tag">✓ acknowledged</span>`}${e.assigned?c`<span class="tag">→ ${e.assigned}</span>`:m}${e.snoozed_until_s===null?m:c`<span class="tag figures">snoozed until ${R(e.snoozed_until_s)}</span>`}<span class="row-age figures">${G(e.raised_s,t)}</span></span
        >
        <span class="row-title">${e.title}</span>
        <span class="row-reason">${Me(e)}</span>
      </span>
    </button>
  </li>`}function Ce(e){return he([e,i.selection.alert===e.id,Math.floor(i.clock_s()/60)],()=>Y(e))}function De(e){return c`<button
    class="incident-head ${e.severity}"
    aria-current=${i.selection.incident===e.id&&i.selection.alert===null?"true":"false"}
    data-incident-id=${e.id}
    @click=${()=>{ee(e.id),te(e.lat_deg,e.lon_deg)}}
  >
    <span class="row-top"><span class="severity-word">incident</span><span class="row-age figures">${G(e.start_s,i.clock_s())}</span></span>
    <span class="row-title">${e.title}</span>
    <span class="row-reason"
      >${e.ships.length} ${e.ships.length===1?"ship":"ships"}${e.reports.length?` · ${J(e.reports.length)} reported`:""}${e.helpers.length?` · ${e.helpers.length} could help`:""} ▸</span
    >
  </button>`}function Ve(e){let t=e.incident?i.incidents.get(e.incident.id)??e.incident:null,s=e.alerts.map(n=>i.alerts.get(n)).filter(n=>n!==void 0),r=i.incidents.size>0&&L.length>1;return c`<div class="group ${t?"incident":"lone"}">
    ${t?c`<h3 class="unseen">Incident: ${t.title}</h3>${De(t)}`:r?c`<h3 class="divider">Other alerts</h3>`:m}
    <ul role="list">
      ${E(s,n=>n.id,Y)}
    </ul>
  </div>`}function Ge(){let{health:e}=i;if(!e)return c`<p class="empty">Waiting for the desk…</p>`;let[t,s]=e.watching.split(", for ");return c`<div class="empty">
    <p><strong>${Ae()}.</strong></p>
    <p>Watching ${t||"nothing yet"}.</p>
    ${s?c`<p class="quiet">For: ${s}.</p>`:m}
    ${e.since_s?c`<p class="quiet">Since <span class="figures">${B(e.since_s,i.clock_s())}</span></p>`:m}
  </div>`}function Ae(){let e=i.health?.feeds??[],t=e.some(s=>s.state==="live"||s.state==="ended");return e.length&&!t?"No ship is being heard":"Nothing calls for attention"}function Ne(){let e=i.openAlerts();if(!e.length)return"none open";let t=e.filter(W).length,s=e.filter(r=>r.snoozed_until_s!==null).length;return`${e.length} open${t<e.length?` · ${t} new`:""}${s?` · ${s} snoozed`:""}`}function _e(e,t,s,r,n){return c`<details class="over ${t}" ?open=${s} @toggle=${l=>r(l.target.open)}>
    <summary>${e}</summary>
    <ul role="list">
      ${n}
    </ul>
  </details>`}function Ke(){let e=_.map(s=>i.alerts.get(s)).filter(s=>s!==void 0),t=T.map(s=>i.alerts.get(s)).filter(s=>s!==void 0);return c`<div class="list-head">
      <button class="drawer-handle" aria-expanded=${i.listOpen?"true":"false"} @click=${qe}>
        <span class="unseen">Alerts: </span>${Pe()}
      </button>
      <h2>Alerts</h2>
      <span class="list-count figures">${Ne()}</span>
    </div>
    <div class="list-tools">${ge()} <button class="small" title="All alerts as a table (T)" @click=${Ie}>Table</button> ${ie()}</div>
    <p class="hold" role="status">${D?`${D} more · order held while you point here`:m}</p>
    <div class="list-body">
      ${le()}
      ${L.some(s=>s.alerts.length||s.incident)?E(L,s=>s.key,Ve):_.length||N()?m:Ge()}
      ${_.length?_e(`Snoozed: ${_.length}, first back at ${R(i.alerts.get(_[0])?.snoozed_until_s)}`,"asleep",ye||I.state==="snoozed",s=>{ye=s},E(e,s=>s.id,Y)):m}
      ${T.length?_e(`Over: ${T.length} closed or withdrawn`,"",ve||I.state==="closed",s=>{ve=s},E(t,s=>s.id,Ce)):m}
      ${ue()} ${de()}
    </div>`}function Pe(){let e=i.openAlerts().sort(be),t=e[0];return t?c`<span class=${t.severity}>${P(t.severity)}</span><span class="handle-title">${t.title}</span><span class="handle-count">${e.length} open</span>`:c`<span>${Ae()}</span>`}function qe(){i.listOpen=!i.listOpen,i.changed()}function yt(e){let t=Se();D=0;let s=ae();if(C&&s===$e){let r=new Set([...ke(),..._,...T]);D=t.groups.flatMap(n=>n.alerts).filter(n=>!r.has(n)).length}else $e=s,L=t.groups,_=t.asleep,T=t.over;e.classList.toggle("open",i.listOpen),F(Ke(),e)}function wt(e){let t=!1,s=!1,r=()=>{let n=C;C=t||s,n!==C&&i.changed()};e.addEventListener("pointerenter",()=>{t=!0,r()}),e.addEventListener("pointerleave",()=>{t=!1,r()}),e.addEventListener("focusin",n=>{s=n.target instanceof Element&&n.target.matches(":focus-visible")&&!n.target.closest(".list-tools"),r()}),e.addEventListener("focusout",n=>{s&&=n.relatedTarget instanceof Node&&e.contains(n.relatedTarget),r()})}export{E as a,Ee as b,et as c,ke as d,vt as e,Ie as f,yt as g,wt as h};
