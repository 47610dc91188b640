import{c as xe}from"./part-chunk-GO5O6ABP.js";import{a as ve,b as P,c as D,e as O,f as _,g as we,h as ye,i as K,j as ke}from"./part-chunk-3JNKCZQR.js";import{h as me,i as he,l as ge,m as $e,w as Q,x as Te}from"./part-chunk-2MRWUPBK.js";import{a as V,b as G,c as J,e as be,f as _e,h as Ae}from"./part-chunk-DMBBU6YY.js";import{E as ue,F as pe,S as B,U as fe,a as c,c as E,d as p,f as ce,j as o,k as R,o as j,p as de,z as x}from"./part-chunk-BQN4T6UY.js";import{a as b}from"./part-chunk-LLBSI5OJ.js";var Oe=(e,t,s)=>{let r=new Map;for(let n=t;n<=s;n++)r.set(e[n],n);return r},L=P(class extends D{constructor(e){if(super(e),e.type!==ve.CHILD)throw Error("repeat() can only be used in text expressions")}dt(e,t,s){let r;s===void 0?s=t:t!==void 0&&(r=t);let n=[],i=[],a=0;for(let m of e)n[a]=r?r(m,a):a,i[a]=s(m,a),a++;return{values:i,keys:n}}render(e,t,s){return this.dt(e,t,s).values}update(e,[t,s,r]){let n=ye(e),{values:i,keys:a}=this.dt(t,s,r);if(!Array.isArray(n))return this.ut=a,i;let m=this.ut??=[],h=[],l,g,d=0,f=n.length-1,u=0,$=i.length-1;for(;d<=f&&u<=$;)if(n[d]===null)d++;else if(n[f]===null)f--;else if(m[d]===a[u])h[u]=_(n[d],i[u]),d++,u++;else if(m[f]===a[$])h[$]=_(n[f],i[$]),f--,$--;else if(m[d]===a[$])h[$]=_(n[d],i[$]),O(e,h[$+1],n[d]),d++,$--;else if(m[f]===a[u])h[u]=_(n[f],i[u]),O(e,n[d],n[f]),f--,u++;else if(l===void 0&&(l=Oe(a,u,$),g=Oe(m,d,f)),l.has(m[d]))if(l.has(m[f])){let w=g.get(a[u]),Y=w!==void 0?n[w]:null;if(Y===null){let ae=O(e,n[d]);_(ae,i[u]),h[u]=ae}else h[u]=_(Y,i[u]),O(e,n[d],Y),n[w]=null;u++}else K(n[f]),f--;else K(n[d]),d++;for(;u<=$;){let w=O(e,h[$+1]);_(w,i[u]),h[u++]=w}for(;d<=f;){let w=n[d++];w!==null&&K(w)}return this.ut=a,we(e,h),E}});var N=500,He=5e3,X=200,We=20,Fe=50,A={list:!1,table:!1,pieces:0},v=null,M=0,te=!1,I=!1,q=new Set,Z=e=>e.end_s??e.updated_s??0,H=e=>e.state!=="open",z=(e,t)=>Z(t)-Z(e)||(e.id<t.id?-1:1);function Ue(){let{alert:e,incident:t}=o.selection,s=new Set(o.ship?.alerts?.slice(-Fe));e!==null&&s.add(e);for(let r of o.incidents.values())if(r.state==="open"||r.id===t)for(let n of r.alerts)s.add(n);return s}function At(e){for(let s of o.alerts.values())H(s)||o.alerts.delete(s.id);for(let s of e)o.alerts.set(s.id,s);v=e.filter(H).sort(z)[N-1]??null,M=0}function kt(){te=!0}function Tt(){te=!1,v=null,M=0,q.clear()}function Se(){if(!te)return;let e=Ue(),t=A.list||A.table;t||(M=0);let s=(t?He:N)+M,r=[...o.alerts.values()].filter(H);if(r.length>s){r.sort(z),(v===null||z(r[s-1],v)<0)&&(v=r[s-1]);for(let n of r.slice(s))e.has(n.id)||o.alerts.delete(n.id)}if(ee()>N)for(let n of[...e].filter(i=>!o.alerts.has(i)&&!q.has(i)).slice(0,We))Ye(n)}var ee=()=>o.health?.alerts?.over??0;async function Ye(e){q.add(e);try{let t=await B(`/api/alerts/${encodeURIComponent(e)}`);o.alerts.has(e)||o.alerts.set(e,t),q.delete(e),o.changed()}catch{}}async function je(){if(I||v===null)return;I=!0,o.changed();let e=o.fleet.epoch;try{let t=new URLSearchParams({before_s:String(Z(v)),before:v.id,over:String(X)}),{alerts:s}=await B(`/api/alerts?${t}`);if(e===o.fleet.epoch){for(let r of s)o.alerts.has(r.id)||o.alerts.set(r.id,r);v=s.length<X?null:s[X-1],M+=s.length,A.pieces++}}catch(t){o.say(fe(t),!0)}I=!1,o.changed()}function se(){if(v===null||ee()<=N)return 0;let e=0;for(let t of o.alerts.values())H(t)&&e++;return Math.max(0,ee()-e)}function Ee(){let e=se();return e?c`<p class="older">
    <button class="small" aria-disabled=${I?"true":"false"} @click=${()=>{je()}}>Older ones</button>
    <span class="quiet figures" role="status">${I?"Coming…":`${x(e)} more ${e===1?"is":"are"} over`}</span>
  </p>`:p}var Be=[[523,1],[659,1],[880,2],[1047,3]],ne=.16,Je=.25,Qe=30*6e4,T=null,Re=-1,oe=!1,S=ue(),Xe=[],W=()=>Date.now()<S;function Le(e){T??=new AudioContext,T.resume();let[t,s]=Be[e];for(let r=0;r<s;r++){let n=T.currentTime+r*ne*1.5,i=T.createOscillator(),a=T.createGain();i.frequency.value=t,a.gain.setValueAtTime(0,n),a.gain.linearRampToValueAtTime(Je,n+.02),a.gain.linearRampToValueAtTime(0,n+ne),i.connect(a).connect(T.destination),i.start(n),i.stop(n+ne)}}var re=e=>e.state==="open"&&e.acknowledged_s===null&&e.snoozed_until_s===null;function Mt(){if(!o.alertsKnown){oe=!1;return}let e=Math.max(-1,...[...o.alerts.values()].filter(re).map(t=>b[t.severity]));oe&&e>Re&&!W()&&(Xe.push(Object.keys(b).find(t=>b[t]===e)),Le(e)),Re=e,oe=!0}function Ze(){S=W()?S===1/0?0:1/0:Date.now()+Qe,pe(S),o.changed()}function et(){Le(b.danger),o.say(W()?"This is the sound of danger. Alerts themselves are muted now":"This is the sound of danger")}function Ie(){let e=W(),t=e?S===1/0?"Sound off":`Sound off until ${R(S/1e3)}`:"Sound on";return c`<div class="sound">
    <button class="small ${e?"muted":""}" aria-pressed=${e?"true":"false"} title=${e?"Press for longer, then for on":"Off for 30 minutes"} @click=${Ze}>${Te(e?"muted":"sound")} ${t}</button>
    <button class="small" @click=${et}>Test</button>
    ${T?.state==="suspended"?c`<span class="quiet">press Test once: this browser keeps silent until then</span>`:p}
  </div>`}var tt={},Me=P(class extends D{constructor(){super(...arguments),this.ot=tt}render(e,t){return t()}update(e,[t,s]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((r,n)=>r===this.ot[n]))return E}else if(this.ot===t)return E;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,s)}});var C=[],k=[],y=[],F=!1,ze="",U=0,Ve=!1,Ce=0,Pe=!1,De=e=>Math.round((e.score??0)*10),le=e=>b[e.severity]*2+(e.acknowledged_s===null?1:0),Ge=(e,t)=>le(t)-le(e)||De(t)-De(e)||t.raised_s-e.raised_s||(e.id<t.id?-1:1);function st(){let e=o.openAlerts().filter(J).sort(Ge),t=e.filter(l=>l.snoozed_until_s!==null).sort((l,g)=>l.snoozed_until_s-g.snoozed_until_s),s=V.state==="snoozed"?[]:e.filter(l=>l.snoozed_until_s===null),r=new Map;for(let l of o.incidents.values())l.state==="open"&&r.set(l.id,{key:`incident ${l.id}`,incident:l,alerts:[]});let n=l=>l.alerts.some(g=>s.some(d=>d.id===g));if(G())for(let l of[...r.values()])n(l.incident)||r.delete(l.incident.id);let i={key:"lone",incident:null,alerts:[]};for(let l of s)(r.get(l.incident??"")??i).alerts.push(l.id);let a=l=>{let g=l.alerts.length?o.alerts.get(l.alerts[0]):null;return Math.max(g?le(g):0,b[l.incident.severity]*2)},m=[...r.values()].sort((l,g)=>a(g)-a(l)||g.incident.start_s-l.incident.start_s||(l.key<g.key?-1:1));i.alerts.length&&m.push(i);let h=[...o.alerts.values()].filter(l=>l.state!=="open"&&J(l));return h.sort(z),{groups:m,asleep:t.map(l=>l.id),over:h.map(l=>l.id)}}var Ne=()=>C.flatMap(e=>e.alerts),Xt=()=>[...Ne(),...k,...y],nt=()=>import("./part-alert-table-UONVOGYL.js").then(e=>e.openAlertTable());function ot(e){if(e.state==="open")return e.reason;let t=e.history.findLast(s=>["withdraw","dismiss","end","close"].includes(s.verb));return t?.words?t.by?`${t.verb==="close"?"Closed":"Dismissed"} by ${t.by}: ${t.words}`:t.words:e.reason}function ie(e){let t=o.clock_s(),s=o.selection.alert===e.id,r=e.state==="open"?e.severity:`${e.state} · was ${e.severity}`,n=e.severity==="distress"&&e.state==="open"&&e.acknowledged_s===null;return c`<li
    class="alert ${e.severity} ${e.state} ${e.acknowledged_s===null?"new":"answered"} ${n?"loud":""}"
    data-alert-id=${e.id}
    data-detector=${e.detector}
    data-severity=${e.severity}
    data-state=${e.state}
  >
    <button
      class="row"
      aria-current=${s?"true":"false"}
      @click=${()=>{me(e.id),$e(e)}}
    >
      ${Q(e.severity)}
      <span class="row-text">
        <span class="row-top"
          ><span class="severity-word">${r}</span>${e.confirmed?c`<span class="tag">confirmed</span>`:p}${e.acknowledged_s===null?p:c`<span class="tag">✓ acknowledged</span>`}${e.assigned?c`<span class="tag">→ ${e.assigned}</span>`:p}${e.snoozed_until_s===null?p:c`<span class="tag figures">snoozed until ${R(e.snoozed_until_s)}</span>`}<span class="row-age figures">${j(e.raised_s,t)}</span></span
        >
        <span class="row-title">${e.title}</span>
        <span class="row-reason">${ot(e)}</span>
      </span>
    </button>
  </li>`}function rt(e){return Me([e,o.selection.alert===e.id,Math.floor(o.clock_s()/60)],()=>ie(e))}function lt(e){return c`<button
    class="incident-head ${e.severity}"
    aria-current=${o.selection.incident===e.id&&o.selection.alert===null?"true":"false"}
    data-incident-id=${e.id}
    @click=${()=>{he(e.id),ge(e.lat_deg,e.lon_deg)}}
  >
    <span class="row-top"><span class="severity-word">incident</span><span class="row-age figures">${j(e.start_s,o.clock_s())}</span></span>
    <span class="row-title">${e.title}</span>
    <span class="row-reason"
      >${e.ships.length} ${e.ships.length===1?"ship":"ships"}${e.reports.length?` · ${x(e.reports.length)} reported`:""}${e.helpers.length?` · ${e.helpers.length} could help`:""} ▸</span
    >
  </button>`}function it(e){let t=e.incident?o.incidents.get(e.incident.id)??e.incident:null,s=e.alerts.map(n=>o.alerts.get(n)).filter(n=>n!==void 0),r=o.incidents.size>0&&C.length>1;return c`<div class="group ${t?"incident":"lone"}">
    ${t?c`<h3 class="unseen">Incident: ${t.title}</h3>${lt(t)}`:r?c`<h3 class="divider">Other alerts</h3>`:p}
    <ul role="list">
      ${L(s,n=>n.id,ie)}
    </ul>
  </div>`}function at(){let{health:e}=o;if(!e)return c`<p class="empty">Waiting for the desk…</p>`;let[t,s]=e.watching.split(", for ");return c`<div class="empty">
    <p><strong>${qe()}.</strong></p>
    <p>Watching ${t||"nothing yet"}.</p>
    ${s?c`<p class="quiet">For: ${s}.</p>`:p}
    ${e.since_s?c`<p class="quiet">Since <span class="figures">${de(e.since_s,o.clock_s())}</span></p>`:p}
  </div>`}function qe(){let e=o.health?.feeds??[],t=e.some(s=>s.state==="live"||s.state==="ended");return e.length&&!t?"No ship is being heard":"Nothing calls for attention"}function ct(){let e=o.openAlerts();if(!e.length)return"none open";let t=e.filter(re).length,s=e.filter(r=>r.snoozed_until_s!==null).length;return`${e.length} open${t<e.length?` · ${t} new`:""}${s?` · ${s} snoozed`:""}`}function Ke(e,t,s,r,n,i=p){return c`<details class="over ${t}" ?open=${s} @toggle=${a=>r(a.target.open)}>
    <summary>${e}</summary>
    <ul role="list">
      ${n}
    </ul>
    ${i}
  </details>`}function dt(){let e=se();return`Over: ${x(y.length)}${e&&!G()?` of ${x(y.length+e)}`:""} closed or withdrawn`}function ut(){let e=k.map(s=>o.alerts.get(s)).filter(s=>s!==void 0),t=y.map(s=>o.alerts.get(s)).filter(s=>s!==void 0);return c`<div class="list-head">
      <button class="drawer-handle" aria-expanded=${o.listOpen?"true":"false"} @click=${ft}>
        <span class="unseen">Alerts: </span>${pt()}
      </button>
      <h2>Alerts</h2>
      <span class="list-count figures">${ct()}</span>
    </div>
    <div class="list-tools">${Ie()} <button class="small" title="All alerts as a table (T)" @click=${nt}>Table</button> ${be()}</div>
    <p class="hold" role="status">${U?`${U} more · order held while you point here`:p}</p>
    <div class="list-body">
      ${_e()}
      ${C.some(s=>s.alerts.length||s.incident)?L(C,s=>s.key,it):k.length||G()?p:at()}
      ${k.length?Ke(`Snoozed: ${k.length}, first back at ${R(o.alerts.get(k[0])?.snoozed_until_s)}`,"asleep",Pe||V.state==="snoozed",s=>{Pe=s},L(e,s=>s.id,ie)):p}
      ${y.length?Ke(dt(),"",A.list,s=>{Ve=s,o.changed()},L(t,s=>s.id,rt),Ee()):p}
      ${xe()} ${ke()}
    </div>`}function pt(){let e=o.openAlerts().sort(Ge),t=e[0];return t?c`<span class=${t.severity}>${Q(t.severity)}</span><span class="handle-title">${t.title}</span><span class="handle-count">${e.length} open</span>`:c`<span>${qe()}</span>`}function ft(){o.listOpen=!o.listOpen,o.changed()}function Zt(e){A.list=Ve||V.state==="closed",Se();let t=st();U=0;let s=Ae(),r=Ce;if(Ce=A.pieces,F&&s===ze){let n=new Set([...Ne(),...k,...y]);U=t.groups.flatMap(i=>i.alerts).filter(i=>!n.has(i)).length,r!==A.pieces&&(y=t.over.slice(Math.max(0,t.over.indexOf(y[0]))))}else ze=s,C=t.groups,k=t.asleep,y=t.over;e.classList.toggle("open",o.listOpen),ce(ut(),e)}function es(e){let t=!1,s=!1,r=()=>{let n=F;F=t||s,n!==F&&o.changed()};e.addEventListener("pointerenter",()=>{t=!0,r()}),e.addEventListener("pointerleave",()=>{t=!1,r()}),e.addEventListener("focusin",n=>{s=n.target instanceof Element&&n.target.matches(":focus-visible")&&!n.target.closest(".list-tools"),r()}),e.addEventListener("focusout",n=>{s&&=n.relatedTarget instanceof Node&&e.contains(n.relatedTarget),r()})}export{L as a,A as b,At as c,kt as d,Tt as e,Ee as f,Xe as g,Mt as h,Ne as i,Xt as j,nt as k,Zt as l,es as m};
