import{G as ie,H as le,K as ae,L as ce,O as de,P as ue,U as L,Y as q,Z as M,a,c as R,d as m,e as se,f as ne,ga as pe,j as y,ja as B,ka as fe,l as U,v as r,y as oe,z as re}from"./part-chunk-BTVER2KA.js";var W={open:"Open",new:"Not acknowledged",acknowledged:"Acknowledged",snoozed:"Snoozed",closed:"Closed or withdrawn"},K={all:"All ships",own:"Own fleet",guarded:"Guarded"},F={notice:"All severities",caution:"Caution and worse",danger:"Danger and worse",distress:"Distress"},l={state:"open",least:"notice",ships:"all",detector:""},T=()=>l.state!=="open"||l.least!=="notice"||l.ships!=="all"||l.detector!=="";function Ve(){Object.assign(l,{state:"open",least:"notice",ships:"all",detector:""}),r.changed()}var je=(e,t)=>e.ships.some(s=>{let o=r.fleet.slotOf(s);return o!==null&&(r.fleet.flags[o]&t)!==0});function Ge(e){return l.state==="closed"?e.state!=="open":e.state!=="open"?!1:l.state==="snoozed"?e.snoozed_until_s!==null:l.state==="open"?!0:e.snoozed_until_s===null&&e.acknowledged_s===null==(l.state==="new")}function z(e){return e.state==="open"&&e.severity==="distress"&&e.acknowledged_s===null?!0:l.detector&&e.detector!==l.detector||y[e.severity]<y[l.least]||l.ships!=="all"&&!je(e,l.ships==="own"?U.ownFleet:U.guarded)?!1:Ge(e)||l.state==="open"&&e.state!=="open"}var O=e=>e.replaceAll("_"," ");function N(e,t,s){return a`<label class="choice"
    ><span class="unseen">${e}</span>
    <select
      .value=${l[t]}
      @change=${o=>{Object.assign(l,{[t]:o.target.value}),r.changed()}}
    >
      ${Object.entries(s).map(([o,n])=>a`<option value=${o} ?selected=${l[t]===o}>${n}</option>`)}
    </select></label
  >`}var me=!1;function he(){let e=[...new Set([...r.alerts.values()].map(o=>o.detector))].sort(),t=Object.fromEntries(e.map(o=>[o,O(o)])),s=me||T();return a`<details
    class="filters"
    ?open=${s}
    @toggle=${o=>{me=o.target.open}}
  >
    <summary>Filter</summary>
    <div class="choices">
      ${N("State","state",W)} ${N("Severity","least",F)} ${N("Ships","ships",K)} ${N("Rule","detector",{"":"All rules",...t})}
    </div>
  </details>`}function ge(){if(!T())return m;let e=r.openAlerts().filter(t=>!z(t)).length;return a`<p class="hidden-line" role="status">
    <span>${e?`${e} open ${e===1?"alert is":"alerts are"} hidden by the filter`:"The filter hides no open alert"}</span>
    <button class="small" @click=${Ve}>Show all</button>
  </p>`}function mt(){let e=[l.state==="open"?"":W[l.state].toLowerCase(),l.least==="notice"?"":F[l.least].toLowerCase(),l.ships==="all"?"":K[l.ships].toLowerCase(),l.detector&&O(l.detector)].filter(Boolean);return e.length?` · only: ${e.join(", ")}`:""}var $e=()=>T()?[l.state,l.least,l.ships,l.detector].join("."):"";function ht(e){let[t,s,o,n]=(e??"").split(".");t in W&&(l.state=t),s in F&&(l.least=s),o in K&&(l.ships=o),n&&/^[a-z_]{1,40}$/.test(n)&&(l.detector=n)}var ve={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},D=e=>(...t)=>({_$litDirective$:e,values:t}),k=class{constructor(t){}get _$AU(){return this._$AM._$AU}_$AT(t,s,o){this._$Ct=t,this._$AM=s,this._$Ci=o}_$AS(t,s){return this.update(t,s)}update(t,s){return this.render(...s)}};var{I:Ue}=se,ye=e=>e;var yt=e=>e.strings===void 0,_e=()=>document.createComment(""),E=(e,t,s)=>{let o=e._$AA.parentNode,n=t===void 0?e._$AB:t._$AA;if(s===void 0){let c=o.insertBefore(_e(),n),d=o.insertBefore(_e(),n);s=new Ue(c,d,e,e.options)}else{let c=s._$AB.nextSibling,d=s._$AM,g=d!==e;if(g){let u;s._$AQ?.(e),s._$AM=e,s._$AP!==void 0&&(u=e._$AU)!==d._$AU&&s._$AP(u)}if(c!==n||g){let u=s._$AA;for(;u!==c;){let i=ye(u).nextSibling;ye(o).insertBefore(u,n),u=i}}}return s},w=(e,t,s=e)=>(e._$AI(t,s),e),qe={},we=(e,t=qe)=>e._$AH=t,Ae=e=>e._$AH,H=e=>{e._$AR(),e._$AA.remove()};var be=(e,t,s)=>{let o=new Map;for(let n=t;n<=s;n++)o.set(e[n],n);return o},C=D(class extends k{constructor(e){if(super(e),e.type!==ve.CHILD)throw Error("repeat() can only be used in text expressions")}dt(e,t,s){let o;s===void 0?s=t:t!==void 0&&(o=t);let n=[],c=[],d=0;for(let g of e)n[d]=o?o(g,d):d,c[d]=s(g,d),d++;return{values:c,keys:n}}render(e,t,s){return this.dt(e,t,s).values}update(e,[t,s,o]){let n=Ae(e),{values:c,keys:d}=this.dt(t,s,o);if(!Array.isArray(n))return this.ut=d,c;let g=this.ut??=[],u=[],i,h,p=0,$=n.length-1,f=0,v=c.length-1;for(;p<=$&&f<=v;)if(n[p]===null)p++;else if(n[$]===null)$--;else if(g[p]===d[f])u[f]=w(n[p],c[f]),p++,f++;else if(g[$]===d[v])u[v]=w(n[$],c[v]),$--,v--;else if(g[p]===d[v])u[v]=w(n[p],c[v]),E(e,u[v+1],n[p]),p++,v--;else if(g[$]===d[f])u[f]=w(n[$],c[f]),E(e,n[p],n[$]),$--,f++;else if(i===void 0&&(i=be(d,f,v),h=be(g,p,$)),i.has(g[p]))if(i.has(g[$])){let _=h.get(d[f]),G=_!==void 0?n[_]:null;if(G===null){let te=E(e,n[p]);w(te,c[f]),u[f]=te}else u[f]=w(G,c[f]),E(e,n[p],G),n[_]=null;f++}else H(n[$]),$--;else H(n[p]),p++;for(;f<=v;){let _=E(e,u[v+1]);w(_,c[f]),u[f++]=_}for(;p<=$;){let _=n[p++];_!==null&&H(_)}return this.ut=d,we(e,u),R}});var Be=[[523,1],[659,1],[880,2],[1047,3]],Y=.16,We=.25,Ke=30*6e4,b=null,Te=-1,Q=!1,x=oe(),Fe=[],P=()=>Date.now()<x;function ke(e){b??=new AudioContext,b.resume();let[t,s]=Be[e];for(let o=0;o<s;o++){let n=b.currentTime+o*Y*1.5,c=b.createOscillator(),d=b.createGain();c.frequency.value=t,d.gain.setValueAtTime(0,n),d.gain.linearRampToValueAtTime(We,n+.02),d.gain.linearRampToValueAtTime(0,n+Y),c.connect(d).connect(b.destination),c.start(n),c.stop(n+Y)}}var X=e=>e.state==="open"&&e.acknowledged_s===null&&e.snoozed_until_s===null;function Ot(){if(!r.alertsKnown){Q=!1;return}let e=Math.max(-1,...[...r.alerts.values()].filter(X).map(t=>y[t.severity]));Q&&e>Te&&!P()&&(Fe.push(Object.keys(y).find(t=>y[t]===e)),ke(e)),Te=e,Q=!0}function Ye(){x=P()?x===1/0?0:1/0:Date.now()+Ke,re(x),r.changed()}function Qe(){ke(y.danger),r.say(P()?"This is the sound of danger. Alerts themselves are muted now":"This is the sound of danger")}function Ee(){let e=P(),t=e?x===1/0?"Sound off":`Sound off until ${L(x/1e3)}`:"Sound on";return a`<div class="sound">
    <button class="small ${e?"muted":""}" aria-pressed=${e?"true":"false"} title=${e?"Press for longer, then for on":"Off for 30 minutes"} @click=${Ye}>${fe(e?"muted":"sound")} ${t}</button>
    <button class="small" @click=${Qe}>Test</button>
    ${b?.state==="suspended"?a`<span class="quiet">press Test once: this browser keeps silent until then</span>`:m}
  </div>`}var Xe={},xe=D(class extends k{constructor(){super(...arguments),this.ot=Xe}render(e,t){return t()}update(e,[t,s]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((o,n)=>o===this.ot[n]))return R}else if(this.ot===t)return R;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,s)}});var Le=5,Se=e=>e.ships.map(t=>r.nameOf(t,e.names)).join(" and ");function Je(e){let t=e.undone_s!==null;return a`<li class=${t?"exclusion undone":"exclusion"} data-exclusion-id=${e.id}>
    <p class="exclusion-words">Never ${O(e.rule)} for ${Se(e)}${e.here?` within ${e.here.radius_nm} NM of a place`:""}</p>
    <p class="quiet">${e.words} · ${e.by} · <span class="figures">${M(e.made_s,r.clock_s())}</span></p>
    ${t?a`<p class="quiet">taken back by ${e.undone_by??"desk"} · <span class="figures">${M(e.undone_s,r.clock_s())}</span></p>`:a`<button class="small" @click=${()=>ue(e.id)}>Undo<span class="unseen">: hear of ${Se(e)} again</span></button>`}
  </li>`}var Re=!1;function Me(){let e=[...r.exclusions.values()].sort((s,o)=>+(s.undone_s!==null)-+(o.undone_s!==null)||o.made_s-s.made_s);if(!e.length)return m;let t=e.filter(s=>s.undone_s===null).length;return a`<details class="over exclusions" ?open=${Re} @toggle=${s=>{Re=s.target.open}}>
    <summary>Left out at the desk: ${t||"nothing any more"}</summary>
    <ul role="list">${e.map(Je)}</ul>
  </details>`}function J(e){let t=e.ships.filter(o=>o<4e9).slice(0,2),s=t.map(o=>[r.nameOf(o,e.names),[o]]);return t.length===2&&e.ships.length===2?[[`${s[0][0]} and ${s[1][0]} together`,t],...s]:s}var Ze=e=>e.detector!=="distress"&&J(e).length>0;async function Ut(e,t){let s=t();if(s===null)return!1;let o=Number(document.querySelector("#exclude-ships").value),n=document.querySelector("#exclude-here");return await de(e.id,J(e)[o][1],n?.checked?Le:null,s),!0}function qt(e,t){return Ze(e)?a`<details class="deeper exclude">
    <summary title="Never again (X)">Never again…</summary>
    <div class="field">
      <label for="exclude-ships">Never ${O(e.detector)} for</label>
      <select id="exclude-ships">${J(e).map(([s],o)=>a`<option value=${o}>${s}</option>`)}</select>
    </div>
    ${e.lat_deg===null?m:a`<div class="field check"><input id="exclude-here" type="checkbox" checked /><label for="exclude-here">only within ${Le} NM of here</label></div>`}
    <button class="small" @click=${t}>Leave out from now on</button>
    <p class="quiet">With the words above. It can be undone below the list of alerts.</p>
  </details>`:m}var I=[],A=[],S=[],V=!1,Oe="",j=0,Ce=!1,Ie=!1,Ne=e=>Math.round((e.score??0)*10),Z=e=>y[e.severity]*2+(e.acknowledged_s===null?1:0),De=(e,t)=>Z(t)-Z(e)||Ne(t)-Ne(e)||t.raised_s-e.raised_s||(e.id<t.id?-1:1);function et(){let e=r.openAlerts().filter(z).sort(De),t=e.filter(i=>i.snoozed_until_s!==null).sort((i,h)=>i.snoozed_until_s-h.snoozed_until_s),s=l.state==="snoozed"?[]:e.filter(i=>i.snoozed_until_s===null),o=new Map;for(let i of r.incidents.values())i.state==="open"&&o.set(i.id,{key:`incident ${i.id}`,incident:i,alerts:[]});let n=i=>i.alerts.some(h=>s.some(p=>p.id===h));if(T())for(let i of[...o.values()])n(i.incident)||o.delete(i.incident.id);let c={key:"lone",incident:null,alerts:[]};for(let i of s)(o.get(i.incident??"")??c).alerts.push(i.id);let d=i=>{let h=i.alerts.length?r.alerts.get(i.alerts[0]):null;return Math.max(h?Z(h):0,y[i.incident.severity]*2)},g=[...o.values()].sort((i,h)=>d(h)-d(i)||h.incident.start_s-i.incident.start_s||(i.key<h.key?-1:1));c.alerts.length&&g.push(c);let u=[...r.alerts.values()].filter(i=>i.state!=="open"&&z(i));return u.sort((i,h)=>(h.end_s??h.updated_s)-(i.end_s??i.updated_s)||(i.id<h.id?-1:1)),{groups:g,asleep:t.map(i=>i.id),over:u.map(i=>i.id)}}var He=()=>I.flatMap(e=>e.alerts),ns=()=>[...He(),...A,...S],tt=()=>import("./part-alert-table-II5EVTCT.js").then(e=>e.openAlertTable());function st(e){if(e.state==="open")return e.reason;let t=e.history.findLast(s=>["withdraw","dismiss","end","close"].includes(s.verb));return t?.words?t.by?`${t.verb==="close"?"Closed":"Dismissed"} by ${t.by}: ${t.words}`:t.words:e.reason}function ee(e){let t=r.clock_s(),s=r.selection.alert===e.id,o=e.state==="open"?e.severity:`${e.state} · was ${e.severity}`,n=e.severity==="distress"&&e.state==="open"&&e.acknowledged_s===null;return a`<li
    class="alert ${e.severity} ${e.state} ${e.acknowledged_s===null?"new":"answered"} ${n?"loud":""}"
    data-alert-id=${e.id}
    data-detector=${e.detector}
    data-severity=${e.severity}
    data-state=${e.state}
  >
    <button
      class="row"
      aria-current=${s?"true":"false"}
      @click=${()=>{ie(e.id),ce(e)}}
    >
      ${B(e.severity)}
      <span class="row-text">
        <span class="row-top"
          ><span class="severity-word">${o}</span>${e.confirmed?a`<span class="tag">confirmed</span>`:m}${e.acknowledged_s===null?m:a`<span class="tag">✓ acknowledged</span>`}${e.assigned?a`<span class="tag">→ ${e.assigned}</span>`:m}${e.snoozed_until_s===null?m:a`<span class="tag figures">snoozed until ${L(e.snoozed_until_s)}</span>`}<span class="row-age figures">${q(e.raised_s,t)}</span></span
        >
        <span class="row-title">${e.title}</span>
        <span class="row-reason">${st(e)}</span>
      </span>
    </button>
  </li>`}function nt(e){return xe([e,r.selection.alert===e.id,Math.floor(r.clock_s()/60)],()=>ee(e))}function ot(e){return a`<button
    class="incident-head ${e.severity}"
    aria-current=${r.selection.incident===e.id&&r.selection.alert===null?"true":"false"}
    data-incident-id=${e.id}
    @click=${()=>{le(e.id),ae(e.lat_deg,e.lon_deg)}}
  >
    <span class="row-top"><span class="severity-word">incident</span><span class="row-age figures">${q(e.start_s,r.clock_s())}</span></span>
    <span class="row-title">${e.title}</span>
    <span class="row-reason"
      >${e.ships.length} ${e.ships.length===1?"ship":"ships"}${e.reports.length?` · ${pe(e.reports.length)} reported`:""}${e.helpers.length?` · ${e.helpers.length} could help`:""} ▸</span
    >
  </button>`}function rt(e){let t=e.incident?r.incidents.get(e.incident.id)??e.incident:null,s=e.alerts.map(n=>r.alerts.get(n)).filter(n=>n!==void 0),o=r.incidents.size>0&&I.length>1;return a`<div class="group ${t?"incident":"lone"}">
    ${t?a`<h3 class="unseen">Incident: ${t.title}</h3>${ot(t)}`:o?a`<h3 class="divider">Other alerts</h3>`:m}
    <ul role="list">
      ${C(s,n=>n.id,ee)}
    </ul>
  </div>`}function it(){let{health:e}=r;return e?a`<div class="empty">
    <p><strong>${Pe()}.</strong></p>
    <p>Watching ${e.watching||"nothing yet"}.</p>
    ${e.since_s?a`<p class="quiet">Since <span class="figures">${M(e.since_s,r.clock_s())}</span></p>`:m}
  </div>`:a`<p class="empty">Waiting for the desk…</p>`}function Pe(){let e=r.health?.feeds??[],t=e.some(s=>s.state==="live"||s.state==="ended");return e.length&&!t?"No ship is being heard":"Nothing calls for attention"}function lt(){let e=r.openAlerts();if(!e.length)return"none open";let t=e.filter(X).length,s=e.filter(o=>o.snoozed_until_s!==null).length;return`${e.length} open${t<e.length?` · ${t} new`:""}${s?` · ${s} snoozed`:""}`}function ze(e,t,s,o,n){return a`<details class="over ${t}" ?open=${s} @toggle=${c=>o(c.target.open)}>
    <summary>${e}</summary>
    <ul role="list">
      ${n}
    </ul>
  </details>`}function at(){let e=A.map(s=>r.alerts.get(s)).filter(s=>s!==void 0),t=S.map(s=>r.alerts.get(s)).filter(s=>s!==void 0);return a`<div class="list-head">
      <button class="drawer-handle" aria-expanded=${r.listOpen?"true":"false"} @click=${dt}>
        <span class="unseen">Alerts: </span>${ct()}
      </button>
      <h2>Alerts</h2>
      <span class="list-count figures">${lt()}</span>
    </div>
    <div class="list-tools">${Ee()} <button class="small" title="All alerts as a table (T)" @click=${tt}>Table</button> ${he()}</div>
    <p class="hold" role="status">${j?`${j} more · order held while you point here`:m}</p>
    <div class="list-body">
      ${ge()}
      ${I.some(s=>s.alerts.length||s.incident)?C(I,s=>s.key,rt):A.length||T()?m:it()}
      ${A.length?ze(`Snoozed: ${A.length}, first back at ${L(r.alerts.get(A[0])?.snoozed_until_s)}`,"asleep",Ie||l.state==="snoozed",s=>{Ie=s},C(e,s=>s.id,ee)):m}
      ${S.length?ze(`Over: ${S.length} closed or withdrawn`,"",Ce||l.state==="closed",s=>{Ce=s},C(t,s=>s.id,nt)):m}
      ${Me()}
    </div>`}function ct(){let e=r.openAlerts().sort(De),t=e[0];return t?a`<span class=${t.severity}>${B(t.severity)}</span><span class="handle-title">${t.title}</span><span class="handle-count">${e.length} open</span>`:a`<span>${Pe()}</span>`}function dt(){r.listOpen=!r.listOpen,r.changed()}function os(e){let t=et();j=0;let s=$e();if(V&&s===Oe){let o=new Set([...He(),...A,...S]);j=t.groups.flatMap(n=>n.alerts).filter(n=>!o.has(n)).length}else Oe=s,I=t.groups,A=t.asleep,S=t.over;e.classList.toggle("open",r.listOpen),ne(at(),e)}function rs(e){let t=!1,s=!1,o=()=>{let n=V;V=t||s,n!==V&&r.changed()};e.addEventListener("pointerenter",()=>{t=!0,o()}),e.addEventListener("pointerleave",()=>{t=!1,o()}),e.addEventListener("focusin",n=>{s=n.target instanceof Element&&n.target.matches(":focus-visible")&&!n.target.closest(".list-tools"),o()}),e.addEventListener("focusout",n=>{s&&=n.relatedTarget instanceof Node&&e.contains(n.relatedTarget),o()})}export{ve as a,D as b,k as c,yt as d,we as e,z as f,ge as g,mt as h,$e as i,ht as j,Ze as k,Ut as l,qt as m,C as n,Fe as o,Ot as p,He as q,ns as r,tt as s,os as t,rs as u};
