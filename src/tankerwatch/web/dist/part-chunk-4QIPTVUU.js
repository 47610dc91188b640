import{b as y,g as b,k as Z,l as H,m as O,q as Q}from"./part-chunk-HVYOWTSI.js";import{a as B}from"./part-chunk-XSQ3VFWA.js";import{d as v}from"./part-chunk-VO6DFO46.js";import{a as k}from"./part-chunk-Z7B6XG3F.js";import{G as l,H as g,I as j,R as I,Z as A,_ as q,a,aa as N,d as c,h as S,i as T,n as L,o as W,y as M}from"./part-chunk-4DCV5OVF.js";import{a as D,f as $}from"./part-chunk-CRXK43VX.js";var U=500,de=14,u={draft:null,left:null,found:[]},G=e=>e.map(([n,i])=>W(n,i)).join(`
`),p=e=>e.quiet.length>0&&(e.quiet_until_s===null||e.quiet_until_s>l.clock_s());function Re(){let{draft:e}=u;u.draft=null,e?.corners.length&&(u.left=e,l.say("Put aside, not saved: Z takes it up again"))}function Ee(e){y.on.add("zones");let{left:n}=u;if(u.left=null,!e&&n){u.draft=n;return}let i=e?e.rings[0].map(([s,r])=>[s,r]):[],t=e??{name:"",rule:["enter"],min_kn:null,max_kn:null,forbidden:[],for_kinds:[],for_ships:[],severity:"caution",port:!1,quiet:[],quiet_until_s:null},o=p(t)?{}:{quiet:[],quiet_until_s:null};u.draft={...structuredClone(t),...o,id:e?.id??null,corners:i,text:G(i),problem:null,sending:!1}}function C(e){e.text=G(e.corners),e.problem=null,l.changed()}function Pe(e,n){let{draft:i}=u;!i||i.corners.length>=U||(i.corners.push([e,n]),C(i))}function z(){let{draft:e}=u;e?.corners.pop()&&C(e)}function De(e,n,i){let{draft:t}=u;if(!t)return null;let o=d=>{let[_,w]=b(...d,i);return Math.hypot(_-e,w-n)<=de},s=t.corners.findIndex(o);if(s>=0)return s;let r=t.corners.length<3?-1:x(t.corners).findIndex(o);return r<0||t.corners.length>=U?null:(t.corners.splice(r+1,0,x(t.corners)[r]),r+1)}function Se(e,n,i){let{draft:t}=u;t&&(t.corners[e]=[n,i],C(t))}function J(e){let{draft:n}=u;if(!n)return;n.text=e;let t=e.split(`
`).filter(s=>s.trim()).map(M),o=t.findIndex(s=>s===null);n.problem=o<0?null:`Line ${o+1} is no position: 25°26.0′N 057°21.5′E or 25.43, 57.36`,o<0&&(n.corners=t.map(s=>[s.lat_deg,s.lon_deg])),l.changed()}var x=e=>e.map(([n,i],t)=>{let[o,s]=e[(t+1)%e.length],r=(s-i+540)%360-180;return[(n+o)/2,(i+r/2+540)%360-180]}),me=e=>g.name?{...e,by:g.name}:e;async function R(e,n,i){try{let t=await A(e,me(n));return l.zones.set(t.id,t),l.say(`${i(t)}, ${l.kept()}`),!0}catch(t){return u.draft?u.draft.problem=q(t):l.say(q(t),!0),l.changed(),!1}}async function X(){let{draft:e}=u;if(!e||e.sending)return!1;let n=e.name.trim().toLowerCase(),i=[...l.zones.values()].some(m=>m.removed_s===null&&m.id!==e.id&&m.name.toLowerCase()===n);if(n?i?e.problem="There is a zone of this name: give it another":e.corners.length<3&&(e.problem="A zone has three corners or more: click them on the map, or type them"):e.problem="Give it a name: it is said in every alert",e.problem)return l.changed(),!1;e.sending=!0;let{id:t,corners:o,text:s,problem:r,sending:d,..._}=e,w=t===null?"/api/zones":`/api/zones/${encodeURIComponent(t)}`,ce={...Object.fromEntries(["name","rule","min_kn","max_kn","forbidden","for_kinds","for_ships","severity","port","quiet","quiet_until_s"].map(m=>[m,_[m]])),corners:o},P=await R(w,ce,m=>`${m.name} is ${p(m)&&!m.rule.length?"quiet":"watched"}`);return e.sending=!1,P&&u.draft===e&&(u.draft=null),l.changed(),P}var Y=e=>R(`/api/zones/${encodeURIComponent(e.id)}/remove`,{},()=>`${e.name} is watched no more`),E=e=>R(`/api/zones/${encodeURIComponent(e.id)}/undo`,{},n=>`${n.name} is as it was before`);function pe(e,n){return!e.rule.length&&e.min_kn===null&&e.max_kn===null&&!e.forbidden.length?n.track:e.severity==="danger"?n.danger:e.severity==="caution"?n.caution:n.notice}var F=new WeakMap,fe=e=>e.rings[0].reduce((n,i)=>i[0]>n[0]?i:n),K=new WeakMap,he=0;function V(){if(!y.on.has("zones"))return"";let e=[];for(let n of l.zones.values()){let i=K.get(n);i===void 0&&K.set(n,i=++he),e.push(i)}return`${e.join()} ${u.draft?.id}`}function Te(e,n,i){for(let t of y.on.has("zones")?l.zones.values():[]){if(t.removed_s!==null||t.id===u.draft?.id)continue;let o=F.get(t);o||F.set(t,o=H(t.rings));let s=O(o,n);if(!s)continue;e.strokeStyle=e.fillStyle=pe(t,i),e.lineWidth=1.25,e.globalAlpha=.05,e.fill(s,"evenodd"),e.globalAlpha=.75,e.setLineDash(t.drawn?[]:[6,3]),e.stroke(s),e.setLineDash([]),e.globalAlpha=1;let[r,d]=b(...fe(t),n);Q(e,p(t)?`${t.name} (quiet)`:t.name,r+4,d-8,i.label,i.labelHalo)}}function Le(e,n,i){if(!u.found.length)return;let t=new Path2D;for(let o of u.found)Z(t,o,n);e.strokeStyle=i.selected,e.lineWidth=1.5,e.setLineDash([2,4]),e.stroke(t),e.setLineDash([])}function We(e,n,i){let{draft:t}=u;if(!t)return;let o=new Path2D;Z(o,t.corners,n),e.strokeStyle=e.fillStyle=i.selected,e.globalAlpha=.1,e.fill(o),e.globalAlpha=1,e.lineWidth=2,e.stroke(o);for(let s of t.corners){let[r,d]=b(...s,n);e.fillRect(r-5,d-5,10,10)}e.lineWidth=1.5;for(let s of t.corners.length<3?[]:x(t.corners)){let[r,d]=b(...s,n);e.strokeRect(r-4,d-4,8,8)}}var ge=[[0,"until someone changes it"],[1,"for 1 hour"],[4,"for 4 hours"],[8,"for 8 hours"],[24,"for 24 hours"],[168,"for 7 days"],[720,"for 30 days"]],f=new B,ee=()=>f.want("zones","/api/zones",`${l.alerts.size} ${V()}`);function ne(e){return`until ${Math.floor(e/86400)===Math.floor(l.clock_s()/86400)?S(e):T(e)}`}function te(e){if(!e.quiet.length)return"";let n=e.quiet_until_s===null?"":` ${ne(e.quiet_until_s)}`;return`${p(e)?"quiet for":"was quiet for"} ${e.quiet.map(v).join(", ")}${n}`}function oe(e){if(!e.drawn||!p(e)||e.removed_s!==null)return c;ee();let n=f.held?.held_back[e.id]??0;return a`<p class=${n?"refused":"quiet"}>${n?`${n===1?"1 alert is":`${n} alerts are`} held back now`:"nothing is held back now"}</p>`}function be(e,n){if(!e.quiet.length)return c;let i=o=>{let s=o.target.value;s!=="as it is"&&(e.quiet_until_s=Number(s)?Math.ceil(l.clock_s())+3600*Number(s):null),l.changed()},t=e.quiet_until_s;return a`<div class="field">
    <label for="${n}-quiet-end">Quiet</label>
    <select id="${n}-quiet-end" @change=${i}>
      ${t===null?c:a`<option value="as it is" .selected=${!0}>${ne(t)}</option>`}
      ${ge.map(([o,s])=>a`<option value=${o} .selected=${t===null&&!o}>${s}</option>`)}
    </select>
  </div>`}function se(e,n,i){ee();let t=(s,r)=>{e.quiet=r?[...e.quiet,s].sort():e.quiet.filter(d=>d!==s),e.quiet.length||(e.quiet_until_s=null),l.changed()},o=f.held?.quiet_rules??e.quiet.map(s=>({rule:s,words:v(s)}));return a`<details class="deeper" data-quiet=${n} ?open=${n==="found"||e.quiet.length>0}>
    <summary>${i}${e.quiet.length?`: ${e.quiet.map(v).join(", ")}`:""}</summary>
    <p class="quiet">Of these nothing new is raised in it, as at a pilot station or an anchorage. What was raised before goes on. A distress is always told.</p>
    ${f.problem&&!f.held?a`<p class="problem">${f.problem}</p>`:c}
    <div class="kinds">
      ${o.map(({rule:s,words:r})=>a`<label><input type="checkbox" data-rule=${s} .checked=${e.quiet.includes(s)} @change=${d=>t(s,d.target.checked)} />${r}</label>`)}
    </div>
    ${be(e,n)}
  </details>`}var $e=$.slice(1,10),ie=e=>({3:"passenger ships",4:"fishing boats",6:"high-speed craft",5:"service craft",7:"pleasure craft",8:"authorities",9:"others"})[e]??`${$[e]} ships`;function ve(e){let n=[];e.rule.length&&n.push(`${e.rule.map(o=>({enter:"entering",leave:"leaving"})[o]).join(" and ")} is told`),e.max_kn!==null&&n.push(`at most ${e.max_kn} kn`),e.min_kn!==null&&n.push(`at least ${e.min_kn} kn`),e.forbidden.length&&n.push(`no ${e.forbidden.map(ie).join(", ")}`);let i=te(e),t=[...e.for_kinds.map(ie),...e.for_ships.map(String)];return n.length?`${n.join(" · ")} · ${e.severity}${t.length?` · for ${t.join(", ")}`:""}${e.port?" · a port":""}${i?` · ${i}`:""}`:i?`${i}${e.port?" · a port":""}`:e.port?"a port; nothing is told":"only a name; nothing is told"}function re(e,n,i){let t=a`<span class="unseen">: ${e.name}</span>`;return a`<li class="zone" data-zone-id=${e.id}>
    <p class="zone-name">${e.name}</p>
    <p class="quiet">${ve(e)}</p>
    ${oe(e)}
    <p class="quiet">${e.by}${e.changed_s===null?c:a` · <span class="figures">${L(e.removed_s??e.changed_s,l.clock_s())}</span>`}</p>
    <div class="buttons">
      ${e.removed_s===null?a`<button class="small" @click=${()=>n(e)}>Show${t}</button>`:c}
      ${e.drawn?c:a`<span class="quiet">read-only: in the configuration</span>`}
      ${e.drawn&&e.removed_s===null?a`<button class="decides small" @click=${()=>i(e)}>Change${t}</button>
            ${e.undo?a`<button class="decides small" @click=${()=>E(e)}>Undo last change${t}</button>`:c}
            <button class="decides small" @click=${()=>Y(e)}>Remove${t}</button>`:c}
      ${e.removed_s!==null?a`<button class="decides small" @click=${()=>E(e)}>Bring back${t}</button>`:c}
    </div>
  </li>`}function nn(e,n,i){let t=[...l.zones.values()].sort((s,r)=>s.name.localeCompare(r.name)),o=t.filter(s=>s.removed_s!==null);return a`<h3>Zones</h3>
    <div class="buttons">
      <button class="decides main" @click=${()=>n(null)}>Draw a zone (Z)</button>
      <button class="decides" id="zone-file" @click=${i}>From a file…</button>
      ${!I()&&t.some(s=>s.drawn&&s.removed_s===null)?a`<a class="button" href="${D}/api/zones.geojson?save=1">Save as GeoJSON</a>`:c}
    </div>
    <ul class="zone-list" role="list">${t.filter(s=>s.removed_s===null).map(s=>re(s,e,n))}</ul>
    ${o.length?a`<details class="deeper" ?open=${k.zones.shown} @toggle=${s=>{k.zones.shown=s.target.open}}><summary>Removed: ${o.length}</summary><ul class="zone-list" role="list">${o.map(s=>re(s,e,n))}</ul>${N(k.zones)}</details>`:c}`}var h=e=>e.target.value;function le(e,n,i){let t=o=>{let s=h(o).trim().replace(",","."),r=s===""?null:Number(s);e.problem=r!==null&&!(r>=0&&r<=100)?`${i}: 0 to 100 kn, or nothing`:null,e.problem||(e[n]=r),l.changed()};return a`<div class="field">
    <label for="zone-${n}">${i}, kn</label>
    <input id="zone-${n}" type="text" inputmode="decimal" autocomplete="off" value=${e[n]??""} @change=${t} />
  </div>`}function ae(e,n,i){let t=(o,s)=>{e[n]=s?[...e[n],o].sort():e[n].filter(r=>r!==o),l.changed()};return a`<details class="deeper" ?open=${e[n].length>0}>
    <summary>${i}${e[n].length?`: ${e[n].map(o=>$[o]).join(", ")}`:""}</summary>
    <div class="kinds">
      ${$e.map((o,s)=>a`<label><input type="checkbox" .checked=${e[n].includes(s+1)} @change=${r=>t(s+1,r.target.checked)} />${o}</label>`)}
    </div>
  </details>`}function ue(e,n,i){let t=o=>{let s=e.rule.filter(r=>r!==n);e.rule=o.target.checked?[...s,n]:s};return a`<label><input type="checkbox" .checked=${e.rule.includes(n)} @change=${t} />${i}</label>`}function ke(e,n){let i=h(n).split(/[\s,;]+/).filter(Boolean);e.problem=i.every(t=>/^\d{7,9}$/.test(t))?null:"Ships by MMSI, nine digits each, with commas between",e.problem||(e.for_ships=i.map(Number)),l.changed()}function tn(e,n){let i=async o=>{o.preventDefault(),await X()&&n()},t=()=>{u.draft=null,n(),l.changed()};return a`<form class="zone-form" @submit=${i}>
    <h3>${e.id===null?"A new zone":"Change a zone"}</h3>
    <div class="field">
      <label for="zone-name">Name</label>
      <input id="zone-name" type="text" autocomplete="off" maxlength="60" .value=${e.name} @input=${o=>{e.name=h(o),e.problem=null}} />
    </div>
    <div class="field">
      <label for="zone-corners">Corners, one a line: click them on the map, drag them, or type</label>
      <textarea id="zone-corners" rows="5" autocomplete="off" spellcheck="false" .value=${e.text} @input=${o=>J(h(o))}></textarea>
      <button type="button" class="small" ?disabled=${!e.corners.length} @click=${()=>z()}>Take the last corner back</button>
    </div>
    <fieldset>
      <legend>What is told</legend>
      ${ue(e,"enter","a ship comes in")} ${ue(e,"leave","a ship goes out")}
      <div class="two">${le(e,"max_kn","Faster than")} ${le(e,"min_kn","Slower than")}</div>
      ${ae(e,"forbidden","Kinds that may not be in it")}
    </fieldset>
    <div class="field">
      <label for="zone-severity">How bad it is</label>
      <select id="zone-severity" @change=${o=>{e.severity=h(o)}}>
        ${["notice","caution","danger"].map(o=>a`<option value=${o} .selected=${e.severity===o}>${o}</option>`)}
      </select>
    </div>
    ${ae(e,"for_kinds","Only for kinds")}
    <div class="field">
      <label for="zone-ships">Only for ships (MMSI)</label>
      <input id="zone-ships" type="text" inputmode="numeric" autocomplete="off" value=${e.for_ships.join(", ")} @change=${o=>ke(e,o)} />
    </div>
    <label class="alone"><input type="checkbox" .checked=${e.port} @change=${o=>{e.port=o.target.checked}} />a port: daily work in it is kept quiet</label>
    ${se(e,"zone","Rules that are quiet in it")}
    <div class="inline by">
      <label for="zone-by">Your name</label>
      <input id="zone-by" type="text" autocomplete="off" maxlength="60" placeholder="desk" value=${g.name} @change=${o=>j(h(o))} />
    </div>
    <p class="problem" role="alert">${e.problem??c}</p>
    <div class="buttons">
      <button class="main" type="submit" ?disabled=${e.sending}>${e.sending?"Saving…":"Watch this zone"}</button>
      <button type="button" @click=${t}>Cancel</button>
    </div>
  </form>`}export{u as a,Re as b,Ee as c,Pe as d,De as e,Se as f,me as g,V as h,Te as i,Le as j,We as k,se as l,ve as m,nn as n,tn as o};
