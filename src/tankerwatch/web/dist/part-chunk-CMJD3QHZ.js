import{b as k,g as h,k as Z,l as H,m as O,q as F}from"./part-chunk-HVYOWTSI.js";import{a as Q}from"./part-chunk-JJ5SSNPW.js";import{d as $}from"./part-chunk-Y5QJQPEW.js";import{a as v,d as N}from"./part-chunk-A7HJH2ZB.js";import{G as l,H as w,T as j,a,aa as I,ba as q,d as c,da as A,h as S,i as T,n as L,o as M,y as W}from"./part-chunk-E72P3U2A.js";import{a as E,f as b}from"./part-chunk-CRXK43VX.js";var U=500,de=14,u={draft:null,left:null,found:[]},G=e=>e.map(([n,s])=>M(n,s)).join(`
`),p=e=>e.quiet.length>0&&(e.quiet_until_s===null||e.quiet_until_s>l.clock_s());function Re(){let{draft:e}=u;u.draft=null,e?.corners.length&&(u.left=e,l.say("Put aside, not saved: Z takes it up again"))}function Pe(e){k.on.add("zones");let{left:n}=u;if(u.left=null,!e&&n){u.draft=n;return}let s=e?e.rings[0].map(([o,r])=>[o,r]):[],t=e??{name:"",rule:["enter"],min_kn:null,max_kn:null,forbidden:[],for_kinds:[],for_ships:[],severity:"caution",port:!1,quiet:[],quiet_until_s:null},i=p(t)?{}:{quiet:[],quiet_until_s:null};u.draft={...structuredClone(t),...i,id:e?.id??null,corners:s,text:G(s),problem:null,sending:!1}}function C(e){e.text=G(e.corners),e.problem=null,l.changed()}function De(e,n){let{draft:s}=u;!s||s.corners.length>=U||(s.corners.push([e,n]),C(s))}function J(){let{draft:e}=u;e?.corners.pop()&&C(e)}function Ee(e,n,s){let{draft:t}=u;if(!t)return null;let i=d=>{let[y,_]=h(...d,s);return Math.hypot(y-e,_-n)<=de},o=t.corners.findIndex(i);if(o>=0)return o;let r=t.corners.length<3?-1:x(t.corners).findIndex(i);return r<0||t.corners.length>=U?null:(t.corners.splice(r+1,0,x(t.corners)[r]),r+1)}function Se(e,n,s){let{draft:t}=u;t&&(t.corners[e]=[n,s],C(t))}function X(e){let{draft:n}=u;if(!n)return;n.text=e;let t=e.split(`
`).filter(o=>o.trim()).map(W),i=t.findIndex(o=>o===null);n.problem=i<0?null:`Line ${i+1} is no position: 25°26.0′N 057°21.5′E or 25.43, 57.36`,i<0&&(n.corners=t.map(o=>[o.lat_deg,o.lon_deg])),l.changed()}var x=e=>e.map(([n,s],t)=>{let[i,o]=e[(t+1)%e.length],r=(o-s+540)%360-180;return[(n+i)/2,(s+r/2+540)%360-180]}),me=e=>w.name?{...e,by:w.name}:e;async function R(e,n,s){try{let t=await I(e,me(n));return l.zones.set(t.id,t),l.say(`${s(t)}, ${l.kept()}`),!0}catch(t){return u.draft?u.draft.problem=q(t):l.say(q(t),!0),l.changed(),!1}}async function z(){let{draft:e}=u;if(!e||e.sending)return!1;let n=e.name.trim().toLowerCase(),s=[...l.zones.values()].some(m=>m.removed_s===null&&m.id!==e.id&&m.name.toLowerCase()===n);if(n?s?e.problem="There is a zone of this name: give it another":e.corners.length<3&&(e.problem="A zone has three corners or more: click them on the map, or type them"):e.problem="Give it a name: it is said in every alert",e.problem)return l.changed(),!1;e.sending=!0;let{id:t,corners:i,text:o,problem:r,sending:d,...y}=e,_=t===null?"/api/zones":`/api/zones/${encodeURIComponent(t)}`,ce={...Object.fromEntries(["name","rule","min_kn","max_kn","forbidden","for_kinds","for_ships","severity","port","quiet","quiet_until_s"].map(m=>[m,y[m]])),corners:i},D=await R(_,ce,m=>`${m.name} is ${p(m)&&!m.rule.length?"quiet":"watched"}`);return e.sending=!1,D&&u.draft===e&&(u.draft=null),l.changed(),D}var V=e=>R(`/api/zones/${encodeURIComponent(e.id)}/remove`,{},()=>`${e.name} is watched no more`),P=e=>R(`/api/zones/${encodeURIComponent(e.id)}/undo`,{},n=>`${n.name} is as it was before`);function pe(e,n){return!e.rule.length&&e.min_kn===null&&e.max_kn===null&&!e.forbidden.length?n.track:e.severity==="danger"?n.danger:e.severity==="caution"?n.caution:n.notice}var B=new WeakMap,fe=e=>e.rings[0].reduce((n,s)=>s[0]>n[0]?s:n),K=new WeakMap,he=0;function Y(){if(!k.on.has("zones"))return"";let e=[];for(let n of l.zones.values()){let s=K.get(n);s===void 0&&K.set(n,s=++he),e.push(s)}return`${e.join()} ${u.draft?.id}`}function Te(e,n,s){for(let t of k.on.has("zones")?l.zones.values():[]){if(t.removed_s!==null||t.id===u.draft?.id)continue;let i=B.get(t);i||B.set(t,i=H(t.rings));let o=O(i,n);if(!o)continue;e.strokeStyle=e.fillStyle=pe(t,s),e.lineWidth=1.25,e.globalAlpha=.05,e.fill(o,"evenodd"),e.globalAlpha=.75,e.setLineDash(t.drawn?[]:[6,3]),e.stroke(o),e.setLineDash([]),e.globalAlpha=1;let[r,d]=h(...fe(t),n);F(e,p(t)?`${t.name} (quiet)`:t.name,r+4,d-8,s.label,s.labelHalo)}}function Le(e,n,s){if(!u.found.length)return;let t=new Path2D;for(let i of u.found)Z(t,i,n);e.strokeStyle=s.selected,e.lineWidth=1.5,e.setLineDash([2,4]),e.stroke(t),e.setLineDash([])}function Me(e,n,s){let{draft:t}=u;if(!t)return;let i=new Path2D;Z(i,t.corners,n),e.strokeStyle=e.fillStyle=s.selected,e.globalAlpha=.1,e.fill(i),e.globalAlpha=1,e.lineWidth=2,e.stroke(i);for(let o of t.corners){let[r,d]=h(...o,n);e.fillRect(r-5,d-5,10,10)}e.lineWidth=1.5;for(let o of t.corners.length<3?[]:x(t.corners)){let[r,d]=h(...o,n);e.strokeRect(r-4,d-4,8,8)}}var ge=[[0,"until someone changes it"],[1,"for 1 hour"],[4,"for 4 hours"],[8,"for 8 hours"],[24,"for 24 hours"],[168,"for 7 days"],[720,"for 30 days"]],f=new Q,ee=()=>f.want("zones","/api/zones",`${l.alerts.size} ${Y()}`);function ne(e){return`until ${Math.floor(e/86400)===Math.floor(l.clock_s()/86400)?S(e):T(e)}`}function te(e){if(!e.quiet.length)return"";let n=e.quiet_until_s===null?"":` ${ne(e.quiet_until_s)}`;return`${p(e)?"quiet for":"was quiet for"} ${e.quiet.map($).join(", ")}${n}`}function oe(e){if(!e.drawn||!p(e)||e.removed_s!==null)return c;ee();let n=f.held?.held_back[e.id]??0;return a`<p class=${n?"refused":"quiet"}>${n?`${n===1?"1 alert is":`${n} alerts are`} held back now`:"nothing is held back now"}</p>`}function be(e,n){if(!e.quiet.length)return c;let s=i=>{let o=i.target.value;o!=="as it is"&&(e.quiet_until_s=Number(o)?Math.ceil(l.clock_s())+3600*Number(o):null),l.changed()},t=e.quiet_until_s;return a`<div class="field">
    <label for="${n}-quiet-end">Quiet</label>
    <select id="${n}-quiet-end" @change=${s}>
      ${t===null?c:a`<option value="as it is" .selected=${!0}>${ne(t)}</option>`}
      ${ge.map(([i,o])=>a`<option value=${i} .selected=${t===null&&!i}>${o}</option>`)}
    </select>
  </div>`}function se(e,n,s){ee();let t=(o,r)=>{e.quiet=r?[...e.quiet,o].sort():e.quiet.filter(d=>d!==o),e.quiet.length||(e.quiet_until_s=null),l.changed()},i=f.held?.quiet_rules??e.quiet.map(o=>({rule:o,words:$(o)}));return a`<details class="deeper" data-quiet=${n} ?open=${n==="found"||e.quiet.length>0}>
    <summary>${s}${e.quiet.length?`: ${e.quiet.map($).join(", ")}`:""}</summary>
    <p class="quiet">Of these nothing new is raised in it, as at a pilot station or an anchorage. What was raised before goes on. A distress is always told.</p>
    ${f.problem&&!f.held?a`<p class="problem">${f.problem}</p>`:c}
    <div class="kinds">
      ${i.map(({rule:o,words:r})=>a`<label><input type="checkbox" data-rule=${o} .checked=${e.quiet.includes(o)} @change=${d=>t(o,d.target.checked)} />${r}</label>`)}
    </div>
    ${be(e,n)}
  </details>`}var $e=b.slice(1,10),ie=e=>({3:"passenger ships",4:"fishing boats",6:"high-speed craft",5:"service craft",7:"pleasure craft",8:"authorities",9:"others"})[e]??`${b[e]} ships`;function ve(e){let n=[];e.rule.length&&n.push(`${e.rule.map(i=>({enter:"entering",leave:"leaving"})[i]).join(" and ")} is told`),e.max_kn!==null&&n.push(`at most ${e.max_kn} kn`),e.min_kn!==null&&n.push(`at least ${e.min_kn} kn`),e.forbidden.length&&n.push(`no ${e.forbidden.map(ie).join(", ")}`);let s=te(e),t=[...e.for_kinds.map(ie),...e.for_ships.map(String)];return n.length?`${n.join(" · ")} · ${e.severity}${t.length?` · for ${t.join(", ")}`:""}${e.port?" · a port":""}${s?` · ${s}`:""}`:s?`${s}${e.port?" · a port":""}`:e.port?"a port; nothing is told":"only a name; nothing is told"}function re(e,n,s){let t=a`<span class="unseen">: ${e.name}</span>`;return a`<li class="zone" data-zone-id=${e.id}>
    <p class="zone-name">${e.name}</p>
    <p class="quiet">${ve(e)}</p>
    ${oe(e)}
    <p class="quiet">${e.by}${e.changed_s===null?c:a` · <span class="figures">${L(e.removed_s??e.changed_s,l.clock_s())}</span>`}</p>
    <div class="buttons">
      ${e.removed_s===null?a`<button class="small" @click=${()=>n(e)}>Show${t}</button>`:c}
      ${e.drawn?c:a`<span class="quiet">read-only: in the configuration</span>`}
      ${e.drawn&&e.removed_s===null?a`<button class="decides small" @click=${()=>s(e)}>Change${t}</button>
            ${e.undo?a`<button class="decides small" @click=${()=>P(e)}>Undo last change${t}</button>`:c}
            <button class="decides small" @click=${()=>V(e)}>Remove${t}</button>`:c}
      ${e.removed_s!==null?a`<button class="decides small" @click=${()=>P(e)}>Bring back${t}</button>`:c}
    </div>
  </li>`}function nn(e,n,s){let t=[...l.zones.values()].sort((o,r)=>o.name.localeCompare(r.name)),i=t.filter(o=>o.removed_s!==null);return a`<h3>Zones</h3>
    <div class="buttons">
      <button class="decides main" @click=${()=>n(null)}>Draw a zone (Z)</button>
      <button class="decides" id="zone-file" @click=${s}>From a file…</button>
      ${!j()&&t.some(o=>o.drawn&&o.removed_s===null)?a`<a class="button" href="${E}/api/zones.geojson?save=1">Save as GeoJSON</a>`:c}
    </div>
    <ul class="zone-list" role="list">${t.filter(o=>o.removed_s===null).map(o=>re(o,e,n))}</ul>
    ${i.length?a`<details class="deeper" ?open=${v.zones.shown} @toggle=${o=>{v.zones.shown=o.target.open}}><summary>Removed: ${i.length}</summary><ul class="zone-list" role="list">${i.map(o=>re(o,e,n))}</ul>${A(v.zones)}</details>`:c}`}var g=e=>e.target.value;function le(e,n,s){let t=i=>{let o=g(i).trim().replace(",","."),r=o===""?null:Number(o);e.problem=r!==null&&!(r>=0&&r<=100)?`${s}: 0 to 100 kn, or nothing`:null,e.problem||(e[n]=r),l.changed()};return a`<div class="field">
    <label for="zone-${n}">${s}, kn</label>
    <input id="zone-${n}" type="text" inputmode="decimal" autocomplete="off" value=${e[n]??""} @change=${t} />
  </div>`}function ae(e,n,s){let t=(i,o)=>{e[n]=o?[...e[n],i].sort():e[n].filter(r=>r!==i),l.changed()};return a`<details class="deeper" ?open=${e[n].length>0}>
    <summary>${s}${e[n].length?`: ${e[n].map(i=>b[i]).join(", ")}`:""}</summary>
    <div class="kinds">
      ${$e.map((i,o)=>a`<label><input type="checkbox" .checked=${e[n].includes(o+1)} @change=${r=>t(o+1,r.target.checked)} />${i}</label>`)}
    </div>
  </details>`}function ue(e,n,s){let t=i=>{let o=e.rule.filter(r=>r!==n);e.rule=i.target.checked?[...o,n]:o};return a`<label><input type="checkbox" .checked=${e.rule.includes(n)} @change=${t} />${s}</label>`}function ke(e,n){let s=g(n).split(/[\s,;]+/).filter(Boolean);e.problem=s.every(t=>/^\d{7,9}$/.test(t))?null:"Ships by MMSI, nine digits each, with commas between",e.problem||(e.for_ships=s.map(Number)),l.changed()}function tn(e,n){let s=async i=>{i.preventDefault(),await z()&&n()},t=()=>{u.draft=null,n(),l.changed()};return a`<form class="zone-form" @submit=${s}>
    <h3>${e.id===null?"A new zone":"Change a zone"}</h3>
    <div class="field">
      <label for="zone-name">Name</label>
      <input id="zone-name" type="text" autocomplete="off" maxlength="60" .value=${e.name} @input=${i=>{e.name=g(i),e.problem=null}} />
    </div>
    <div class="field">
      <label for="zone-corners">Corners, one a line: click them on the map, drag them, or type</label>
      <textarea id="zone-corners" rows="5" autocomplete="off" spellcheck="false" .value=${e.text} @input=${i=>X(g(i))}></textarea>
      <button type="button" class="small" ?disabled=${!e.corners.length} @click=${()=>J()}>Take the last corner back</button>
    </div>
    <fieldset>
      <legend>What is told</legend>
      ${ue(e,"enter","a ship comes in")} ${ue(e,"leave","a ship goes out")}
      <div class="two">${le(e,"max_kn","Faster than")} ${le(e,"min_kn","Slower than")}</div>
      ${ae(e,"forbidden","Kinds that may not be in it")}
    </fieldset>
    <div class="field">
      <label for="zone-severity">How bad it is</label>
      <select id="zone-severity" @change=${i=>{e.severity=g(i)}}>
        ${["notice","caution","danger"].map(i=>a`<option value=${i} .selected=${e.severity===i}>${i}</option>`)}
      </select>
    </div>
    ${ae(e,"for_kinds","Only for kinds")}
    <div class="field">
      <label for="zone-ships">Only for ships (MMSI)</label>
      <input id="zone-ships" type="text" inputmode="numeric" autocomplete="off" value=${e.for_ships.join(", ")} @change=${i=>ke(e,i)} />
    </div>
    <label class="alone"><input type="checkbox" .checked=${e.port} @change=${i=>{e.port=i.target.checked}} />a port: daily work in it is kept quiet</label>
    ${se(e,"zone","Rules that are quiet in it")}
    <div class="inline by">
      ${N("zone-by")}
    </div>
    <p class="problem" role="alert">${e.problem??c}</p>
    <div class="buttons">
      <button class="main" type="submit" ?disabled=${e.sending}>${e.sending?"Saving…":"Watch this zone"}</button>
      <button type="button" @click=${t}>Cancel</button>
    </div>
  </form>`}export{u as a,Re as b,Pe as c,De as d,Ee as e,Se as f,me as g,Y as h,Te as i,Le as j,Me as k,se as l,ve as m,nn as n,tn as o};
