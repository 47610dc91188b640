import{q as f,r as h}from"./part-chunk-2MRWUPBK.js";import{d as m}from"./part-chunk-DMBBU6YY.js";import{a as i,d as c,e as _,j as o,p as d}from"./part-chunk-BQN4T6UY.js";var w={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},R=e=>(...s)=>({_$litDirective$:e,values:s}),A=class{constructor(s){}get _$AU(){return this._$AM._$AU}_$AT(s,t,n){this._$Ct=s,this._$AM=t,this._$Ci=n}_$AS(s,t){return this.update(s,t)}update(s,t){return this.render(...t)}};var{I:x}=_,v=e=>e;var P=e=>e.strings===void 0,g=()=>document.createComment(""),H=(e,s,t)=>{let n=e._$AA.parentNode,r=s===void 0?e._$AB:s._$AA;if(t===void 0){let a=n.insertBefore(g(),r),u=n.insertBefore(g(),r);t=new x(a,u,e,e.options)}else{let a=t._$AB.nextSibling,u=t._$AM,$=u!==e;if($){let l;t._$AQ?.(e),t._$AM=e,t._$AP!==void 0&&(l=e._$AU)!==u._$AU&&t._$AP(l)}if(a!==r||$){let l=t._$AA;for(;l!==a;){let E=v(l).nextSibling;v(n).insertBefore(l,r),l=E}}}return t},S=(e,s,t=e)=>(e._$AI(s,t),e),M={},B=(e,s=M)=>e._$AH=s,D=e=>e._$AH,I=e=>{e._$AR(),e._$AA.remove()};var T=5,b=e=>e.ships.map(s=>o.nameOf(s,e.names)).join(" and ");function N(e){let s=e.undone_s!==null;return i`<li class=${s?"exclusion undone":"exclusion"} data-exclusion-id=${e.id}>
    <p class="exclusion-words">Never ${m(e.rule)} for ${b(e)}${e.here?` within ${e.here.radius_nm} NM of a place`:""}</p>
    <p class="quiet">${e.words} · ${e.by} · <span class="figures">${d(e.made_s,o.clock_s())}</span></p>
    ${s?i`<p class="quiet">taken back by ${e.undone_by??"desk"} · <span class="figures">${d(e.undone_s,o.clock_s())}</span></p>`:i`<button class="small decides" @click=${()=>h(e.id)}>Undo<span class="unseen">: hear of ${b(e)} again</span></button>`}
  </li>`}var y=!1;function F(){let e=[...o.exclusions.values()].sort((t,n)=>+(t.undone_s!==null)-+(n.undone_s!==null)||n.made_s-t.made_s);if(!e.length)return c;let s=e.filter(t=>t.undone_s===null).length;return i`<details class="over exclusions" ?open=${y} @toggle=${t=>{y=t.target.open}}>
    <summary>Left out at the desk: ${s||"nothing any more"}</summary>
    <ul role="list">${e.map(N)}</ul>
  </details>`}function p(e){let s=e.ships.filter(n=>n<4e9).slice(0,2),t=s.map(n=>[o.nameOf(n,e.names),[n]]);return s.length===2&&e.ships.length===2?[[`${t[0][0]} and ${t[1][0]} together`,s],...t]:t}var k=e=>e.detector!=="distress"&&p(e).length>0;async function G(e,s){let t=s();if(t===null)return!1;let n=Number(document.querySelector("#exclude-ships").value),r=document.querySelector("#exclude-here");return await f(e.id,p(e)[n][1],r?.checked?T:null,t),!0}function Q(e,s){return k(e)?i`<details class="deeper exclude">
    <summary title="Never again (X)">Never again…</summary>
    <div class="field">
      <label for="exclude-ships">Never ${m(e.detector)} for</label>
      <select id="exclude-ships">${p(e).map(([t],n)=>i`<option value=${n}>${t}</option>`)}</select>
    </div>
    ${e.lat_deg===null?c:i`<div class="field check"><input id="exclude-here" type="checkbox" checked /><label for="exclude-here">only within ${T} NM of here</label></div>`}
    <button class="small" @click=${s}>Leave out from now on</button>
    <p class="quiet">With the words above. It can be undone below the list of alerts.</p>
  </details>`:c}export{w as a,R as b,A as c,P as d,H as e,S as f,B as g,D as h,I as i,F as j,k,G as l,Q as m};
