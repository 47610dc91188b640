import{c as ue}from"./part-chunk-5GH743EO.js";import{a as ne,b as O,c as z,e as k,f as w,g as oe,h as re,i as S,j as I,k as N,l as K,m as ie,n as le,p as ae,r as de}from"./part-chunk-H3B5DYUG.js";import{$ as Z,D as Q,E as X,a as c,aa as ee,c as x,d as $,da as te,ea as se,f as F,j as i,k as R,o as G,oa as P,p as B,pa as ce,y as J}from"./part-chunk-REPFWBAV.js";import{a as y}from"./part-chunk-55G2776Z.js";var pe=(e,t,n)=>{let r=new Map;for(let s=t;s<=n;s++)r.set(e[s],s);return r},E=O(class extends z{constructor(e){if(super(e),e.type!==ne.CHILD)throw Error("repeat() can only be used in text expressions")}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let s=[],l=[],a=0;for(let m of e)s[a]=r?r(m,a):a,l[a]=n(m,a),a++;return{values:l,keys:s}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,n,r]){let s=re(e),{values:l,keys:a}=this.dt(t,n,r);if(!Array.isArray(s))return this.ut=a,l;let m=this.ut??=[],g=[],o,p,d=0,f=s.length-1,u=0,h=l.length-1;for(;d<=f&&u<=h;)if(s[d]===null)d++;else if(s[f]===null)f--;else if(m[d]===a[u])g[u]=w(s[d],l[u]),d++,u++;else if(m[f]===a[h])g[h]=w(s[f],l[h]),f--,h--;else if(m[d]===a[h])g[h]=w(s[d],l[h]),k(e,g[h+1],s[d]),d++,h--;else if(m[f]===a[u])g[u]=w(s[f],l[u]),k(e,s[d],s[f]),f--,u++;else if(o===void 0&&(o=pe(a,u,h),p=pe(m,d,f)),o.has(m[d]))if(o.has(m[f])){let v=p.get(a[u]),V=v!==void 0?s[v]:null;if(V===null){let j=k(e,s[d]);w(j,l[u]),g[u]=j}else g[u]=w(V,l[u]),k(e,s[d],V),s[v]=null;u++}else S(s[f]),f--;else S(s[d]),d++;for(;u<=h;){let v=k(e,g[h+1]);w(v,l[u]),g[u++]=v}for(;d<=f;){let v=s[d++];v!==null&&S(v)}return this.ut=a,oe(e,g),x}});var Te=[[523,1],[659,1],[880,2],[1047,3]],H=.16,xe=.25,Re=30*6e4,b=null,fe=-1,W=!1,A=Q(),Ee=[],M=()=>Date.now()<A;function me(e){b??=new AudioContext,b.resume();let[t,n]=Te[e];for(let r=0;r<n;r++){let s=b.currentTime+r*H*1.5,l=b.createOscillator(),a=b.createGain();l.frequency.value=t,a.gain.setValueAtTime(0,s),a.gain.linearRampToValueAtTime(xe,s+.02),a.gain.linearRampToValueAtTime(0,s+H),l.connect(a).connect(b.destination),l.start(s),l.stop(s+H)}}var q=e=>e.state==="open"&&e.acknowledged_s===null&&e.snoozed_until_s===null;function et(){if(!i.alertsKnown){W=!1;return}let e=Math.max(-1,...[...i.alerts.values()].filter(q).map(t=>y[t.severity]));W&&e>fe&&!M()&&(Ee.push(Object.keys(y).find(t=>y[t]===e)),me(e)),fe=e,W=!0}function Le(){A=M()?A===1/0?0:1/0:Date.now()+Re,X(A),i.changed()}function Oe(){me(y.danger),i.say(M()?"This is the sound of danger. Alerts themselves are muted now":"This is the sound of danger")}function ge(){let e=M(),t=e?A===1/0?"Sound off":`Sound off until ${R(A/1e3)}`:"Sound on";return c`<div class="sound">
    <button class="small ${e?"muted":""}" aria-pressed=${e?"true":"false"} title=${e?"Press for longer, then for on":"Off for 30 minutes"} @click=${Le}>${ce(e?"muted":"sound")} ${t}</button>
    <button class="small" @click=${Oe}>Test</button>
    ${b?.state==="suspended"?c`<span class="quiet">press Test once: this browser keeps silent until then</span>`:$}
  </div>`}var ze={},he=O(class extends z{constructor(){super(...arguments),this.ot=ze}render(e,t){return t()}update(e,[t,n]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((r,s)=>r===this.ot[s]))return x}else if(this.ot===t)return x;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,n)}});var L=[],_=[],T=[],C=!1,$e="",D=0,ve=!1,ye=!1,we=e=>Math.round((e.score??0)*10),U=e=>y[e.severity]*2+(e.acknowledged_s===null?1:0),be=(e,t)=>U(t)-U(e)||we(t)-we(e)||t.raised_s-e.raised_s||(e.id<t.id?-1:1);function Se(){let e=i.openAlerts().filter(K).sort(be),t=e.filter(o=>o.snoozed_until_s!==null).sort((o,p)=>o.snoozed_until_s-p.snoozed_until_s),n=I.state==="snoozed"?[]:e.filter(o=>o.snoozed_until_s===null),r=new Map;for(let o of i.incidents.values())o.state==="open"&&r.set(o.id,{key:`incident ${o.id}`,incident:o,alerts:[]});let s=o=>o.alerts.some(p=>n.some(d=>d.id===p));if(N())for(let o of[...r.values()])s(o.incident)||r.delete(o.incident.id);let l={key:"lone",incident:null,alerts:[]};for(let o of n)(r.get(o.incident??"")??l).alerts.push(o.id);let a=o=>{let p=o.alerts.length?i.alerts.get(o.alerts[0]):null;return Math.max(p?U(p):0,y[o.incident.severity]*2)},m=[...r.values()].sort((o,p)=>a(p)-a(o)||p.incident.start_s-o.incident.start_s||(o.key<p.key?-1:1));l.alerts.length&&m.push(l);let g=[...i.alerts.values()].filter(o=>o.state!=="open"&&K(o));return g.sort((o,p)=>(p.end_s??p.updated_s)-(o.end_s??o.updated_s)||(o.id<p.id?-1:1)),{groups:m,asleep:t.map(o=>o.id),over:g.map(o=>o.id)}}var ke=()=>L.flatMap(e=>e.alerts),vt=()=>[...ke(),..._,...T],Ie=()=>import("./part-alert-table-3ILH6HDV.js").then(e=>e.openAlertTable());function Me(e){if(e.state==="open")return e.reason;let t=e.history.findLast(n=>["withdraw","dismiss","end","close"].includes(n.verb));return t?.words?t.by?`${t.verb==="close"?"Closed":"Dismissed"} by ${t.by}: ${t.words}`:t.words:e.reason}function Y(e){let t=i.clock_s(),n=i.selection.alert===e.id,r=e.state==="open"?e.severity:`${e.state} · was ${e.severity}`,s=e.severity==="distress"&&e.state==="open"&&e.acknowledged_s===null;return c`<li
    class="alert ${e.severity} ${e.state} ${e.acknowledged_s===null?"new":"answered"} ${s?"loud":""}"
    data-alert-id=${e.id}
    data-detector=${e.detector}
    data-severity=${e.severity}
    data-state=${e.state}
  >
    <button
      class="row"
      aria-current=${n?"true":"false"}
      @click=${()=>{Z(e.id),se(e)}}
    >
      ${P(e.severity)}
      <span class="row-text">
        <span class="row-top"
          ><span class="severity-word">${r}</span>${e.confirmed?c`<span class="tag">confirmed</span>`:$}${e.acknowledged_s===null?$:c`<span class="tag">✓ acknowledged</span>`}${e.assigned?c`<span class="tag">→ ${e.assigned}</span>`:$}${e.snoozed_until_s===null?$:c`<span class="tag figures">snoozed until ${R(e.snoozed_until_s)}</span>`}<span class="row-age figures">${G(e.raised_s,t)}</span></span
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
  </button>`}function Ve(e){let t=e.incident?i.incidents.get(e.incident.id)??e.incident:null,n=e.alerts.map(s=>i.alerts.get(s)).filter(s=>s!==void 0),r=i.incidents.size>0&&L.length>1;return c`<div class="group ${t?"incident":"lone"}">
    ${t?c`<h3 class="unseen">Incident: ${t.title}</h3>${De(t)}`:r?c`<h3 class="divider">Other alerts</h3>`:$}
    <ul role="list">
      ${E(n,s=>s.id,Y)}
    </ul>
  </div>`}function Ge(){let{health:e}=i;return e?c`<div class="empty">
    <p><strong>${Ae()}.</strong></p>
    <p>Watching ${e.watching||"nothing yet"}.</p>
    ${e.since_s?c`<p class="quiet">Since <span class="figures">${B(e.since_s,i.clock_s())}</span></p>`:$}
  </div>`:c`<p class="empty">Waiting for the desk…</p>`}function Ae(){let e=i.health?.feeds??[],t=e.some(n=>n.state==="live"||n.state==="ended");return e.length&&!t?"No ship is being heard":"Nothing calls for attention"}function Ne(){let e=i.openAlerts();if(!e.length)return"none open";let t=e.filter(q).length,n=e.filter(r=>r.snoozed_until_s!==null).length;return`${e.length} open${t<e.length?` · ${t} new`:""}${n?` · ${n} snoozed`:""}`}function _e(e,t,n,r,s){return c`<details class="over ${t}" ?open=${n} @toggle=${l=>r(l.target.open)}>
    <summary>${e}</summary>
    <ul role="list">
      ${s}
    </ul>
  </details>`}function Ke(){let e=_.map(n=>i.alerts.get(n)).filter(n=>n!==void 0),t=T.map(n=>i.alerts.get(n)).filter(n=>n!==void 0);return c`<div class="list-head">
      <button class="drawer-handle" aria-expanded=${i.listOpen?"true":"false"} @click=${He}>
        <span class="unseen">Alerts: </span>${Pe()}
      </button>
      <h2>Alerts</h2>
      <span class="list-count figures">${Ne()}</span>
    </div>
    <div class="list-tools">${ge()} <button class="small" title="All alerts as a table (T)" @click=${Ie}>Table</button> ${ie()}</div>
    <p class="hold" role="status">${D?`${D} more · order held while you point here`:$}</p>
    <div class="list-body">
      ${le()}
      ${L.some(n=>n.alerts.length||n.incident)?E(L,n=>n.key,Ve):_.length||N()?$:Ge()}
      ${_.length?_e(`Snoozed: ${_.length}, first back at ${R(i.alerts.get(_[0])?.snoozed_until_s)}`,"asleep",ye||I.state==="snoozed",n=>{ye=n},E(e,n=>n.id,Y)):$}
      ${T.length?_e(`Over: ${T.length} closed or withdrawn`,"",ve||I.state==="closed",n=>{ve=n},E(t,n=>n.id,Ce)):$}
      ${ue()} ${de()}
    </div>`}function Pe(){let e=i.openAlerts().sort(be),t=e[0];return t?c`<span class=${t.severity}>${P(t.severity)}</span><span class="handle-title">${t.title}</span><span class="handle-count">${e.length} open</span>`:c`<span>${Ae()}</span>`}function He(){i.listOpen=!i.listOpen,i.changed()}function yt(e){let t=Se();D=0;let n=ae();if(C&&n===$e){let r=new Set([...ke(),..._,...T]);D=t.groups.flatMap(s=>s.alerts).filter(s=>!r.has(s)).length}else $e=n,L=t.groups,_=t.asleep,T=t.over;e.classList.toggle("open",i.listOpen),F(Ke(),e)}function wt(e){let t=!1,n=!1,r=()=>{let s=C;C=t||n,s!==C&&i.changed()};e.addEventListener("pointerenter",()=>{t=!0,r()}),e.addEventListener("pointerleave",()=>{t=!1,r()}),e.addEventListener("focusin",s=>{n=s.target instanceof Element&&s.target.matches(":focus-visible")&&!s.target.closest(".list-tools"),r()}),e.addEventListener("focusout",s=>{n&&=s.relatedTarget instanceof Node&&e.contains(s.relatedTarget),r()})}export{E as a,Ee as b,et as c,ke as d,vt as e,Ie as f,yt as g,wt as h};
