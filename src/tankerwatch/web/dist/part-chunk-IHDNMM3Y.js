import{a as l,d as c,e as T,ia as S,j as r,ja as w,p as h}from"./part-chunk-KETHIGJQ.js";import{a as m,c as $}from"./part-chunk-LLBSI5OJ.js";var g={open:"Open",new:"Not acknowledged",acknowledged:"Acknowledged",snoozed:"Snoozed",closed:"Closed or withdrawn"},_={all:"All ships",own:"Own fleet",guarded:"Guarded"},A={notice:"All severities",caution:"Caution and worse",danger:"Danger and worse",distress:"Distress"},o={state:"open",least:"notice",ships:"all",detector:""},v=()=>o.state!=="open"||o.least!=="notice"||o.ships!=="all"||o.detector!=="";function H(){Object.assign(o,{state:"open",least:"notice",ships:"all",detector:""}),r.changed()}var P=(e,s)=>e.ships.some(t=>{let n=r.fleet.slotOf(t);return n!==null&&(r.fleet.flags[n]&s)!==0});function I(e){return o.state==="closed"?e.state!=="open":e.state!=="open"?!1:o.state==="snoozed"?e.snoozed_until_s!==null:o.state==="open"?!0:e.snoozed_until_s===null&&e.acknowledged_s===null==(o.state==="new")}function O(e){return e.state==="open"&&e.severity==="distress"&&e.acknowledged_s===null?!0:o.detector&&e.detector!==o.detector||m[e.severity]<m[o.least]||o.ships!=="all"&&!P(e,o.ships==="own"?$.ownFleet:$.guarded)?!1:I(e)||o.state==="open"&&e.state!=="open"}var d=e=>e.replaceAll("_"," ");function f(e,s,t){return l`<label class="choice"
    ><span class="unseen">${e}</span>
    <select
      .value=${o[s]}
      @change=${n=>{Object.assign(o,{[s]:n.target.value}),r.changed()}}
    >
      ${Object.entries(t).map(([n,i])=>l`<option value=${n} ?selected=${o[s]===n}>${i}</option>`)}
    </select></label
  >`}var E=!1;function F(){let e=[...new Set([...r.alerts.values()].map(n=>n.detector))].sort(),s=Object.fromEntries(e.map(n=>[n,d(n)])),t=E||v();return l`<details
    class="filters"
    ?open=${t}
    @toggle=${n=>{E=n.target.open}}
  >
    <summary>Filter</summary>
    <div class="choices">
      ${f("State","state",g)} ${f("Severity","least",A)} ${f("Ships","ships",_)} ${f("Rule","detector",{"":"All rules",...s})}
    </div>
  </details>`}function W(){if(!v())return c;let e=r.openAlerts().filter(s=>!O(s)).length;return l`<p class="hidden-line" role="status">
    <span>${e?`${e} open ${e===1?"alert is":"alerts are"} hidden by the filter`:"The filter hides no open alert"}</span>
    <button class="small" @click=${H}>Show all</button>
  </p>`}function G(){let e=[o.state==="open"?"":g[o.state].toLowerCase(),o.least==="notice"?"":A[o.least].toLowerCase(),o.ships==="all"?"":_[o.ships].toLowerCase(),o.detector&&d(o.detector)].filter(Boolean);return e.length?` · only: ${e.join(", ")}`:""}var Y=()=>v()?[o.state,o.least,o.ships,o.detector].join("."):"";function K(e){let[s,t,n,i]=(e??"").split(".");s in g&&(o.state=s),t in A&&(o.least=t),n in _&&(o.ships=n),i&&/^[a-z_]{1,40}$/.test(i)&&(o.detector=i)}var X={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},J=e=>(...s)=>({_$litDirective$:e,values:s}),x=class{constructor(s){}get _$AU(){return this._$AM._$AU}_$AT(s,t,n){this._$Ct=s,this._$AM=t,this._$Ci=n}_$AS(s,t){return this.update(s,t)}update(s,t){return this.render(...t)}};var{I:D}=T,k=e=>e;var te=e=>e.strings===void 0,R=()=>document.createComment(""),se=(e,s,t)=>{let n=e._$AA.parentNode,i=s===void 0?e._$AB:s._$AA;if(t===void 0){let u=n.insertBefore(R(),i),p=n.insertBefore(R(),i);t=new D(u,p,e,e.options)}else{let u=t._$AB.nextSibling,p=t._$AM,b=p!==e;if(b){let a;t._$AQ?.(e),t._$AM=e,t._$AP!==void 0&&(a=e._$AU)!==p._$AU&&t._$AP(a)}if(u!==i||b){let a=t._$AA;for(;a!==u;){let N=k(a).nextSibling;k(n).insertBefore(a,i),a=N}}}return t},ne=(e,s,t=e)=>(e._$AI(s,t),e),j={},oe=(e,s=j)=>e._$AH=s,le=e=>e._$AH,re=e=>{e._$AR(),e._$AA.remove()};var M=5,L=e=>e.ships.map(s=>r.nameOf(s,e.names)).join(" and ");function B(e){let s=e.undone_s!==null;return l`<li class=${s?"exclusion undone":"exclusion"} data-exclusion-id=${e.id}>
    <p class="exclusion-words">Never ${d(e.rule)} for ${L(e)}${e.here?` within ${e.here.radius_nm} NM of a place`:""}</p>
    <p class="quiet">${e.words} · ${e.by} · <span class="figures">${h(e.made_s,r.clock_s())}</span></p>
    ${s?l`<p class="quiet">taken back by ${e.undone_by??"desk"} · <span class="figures">${h(e.undone_s,r.clock_s())}</span></p>`:l`<button class="small decides" @click=${()=>w(e.id)}>Undo<span class="unseen">: hear of ${L(e)} again</span></button>`}
  </li>`}var C=!1;function fe(){let e=[...r.exclusions.values()].sort((t,n)=>+(t.undone_s!==null)-+(n.undone_s!==null)||n.made_s-t.made_s);if(!e.length)return c;let s=e.filter(t=>t.undone_s===null).length;return l`<details class="over exclusions" ?open=${C} @toggle=${t=>{C=t.target.open}}>
    <summary>Left out at the desk: ${s||"nothing any more"}</summary>
    <ul role="list">${e.map(B)}</ul>
  </details>`}function y(e){let s=e.ships.filter(n=>n<4e9).slice(0,2),t=s.map(n=>[r.nameOf(n,e.names),[n]]);return s.length===2&&e.ships.length===2?[[`${t[0][0]} and ${t[1][0]} together`,s],...t]:t}var U=e=>e.detector!=="distress"&&y(e).length>0;async function me(e,s){let t=s();if(t===null)return!1;let n=Number(document.querySelector("#exclude-ships").value),i=document.querySelector("#exclude-here");return await S(e.id,y(e)[n][1],i?.checked?M:null,t),!0}function $e(e,s){return U(e)?l`<details class="deeper exclude">
    <summary title="Never again (X)">Never again…</summary>
    <div class="field">
      <label for="exclude-ships">Never ${d(e.detector)} for</label>
      <select id="exclude-ships">${y(e).map(([t],n)=>l`<option value=${n}>${t}</option>`)}</select>
    </div>
    ${e.lat_deg===null?c:l`<div class="field check"><input id="exclude-here" type="checkbox" checked /><label for="exclude-here">only within ${M} NM of here</label></div>`}
    <button class="small" @click=${s}>Leave out from now on</button>
    <p class="quiet">With the words above. It can be undone below the list of alerts.</p>
  </details>`:c}export{X as a,J as b,x as c,te as d,se as e,ne as f,oe as g,le as h,re as i,o as j,v as k,O as l,F as m,W as n,G as o,Y as p,K as q,fe as r,U as s,me as t,$e as u};
