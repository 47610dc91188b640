import{a as y,g as q,l as w,m as I}from"./part-chunk-CMJD3QHZ.js";import"./part-chunk-HVYOWTSI.js";import"./part-chunk-JJ5SSNPW.js";import"./part-chunk-Y5QJQPEW.js";import{d as z}from"./part-chunk-A7HJH2ZB.js";import{G as s,a as o,aa as g,ba as k,d as r,x as h}from"./part-chunk-E72P3U2A.js";import"./part-chunk-CRXK43VX.js";var N=2*1024*1024,_={name:"a name only",enter:"a ship comes in",port:"a port",quiet:"some rules are quiet in it"},l={as:"name",quiet:[],quiet_until_s:null},c="",u=[],a=null,p=null,i=!1;function F(){c="",u=[],a=p=null,d()}function d(){y.found=$().map(e=>e.zone.corners),s.redraw()}async function x(e){i||(F(),c=e.name,e.size>N?p=`It has ${(e.size/1024/1024).toFixed(1)} MB: at most 2 MB are read`:(i=!0,s.changed(),p=await E(e),i=!1),s.changed())}async function E(e){let n;try{n=JSON.parse(await e.text())}catch(t){return t instanceof SyntaxError?"It is not JSON: choose a GeoJSON file with polygons, as QGIS or geojson.io write it":"It cannot be read"}try{a=await g("/api/zones.geojson",n)}catch(t){return k(t)}return u=a.zones.map(t=>({...t,ticked:!t.problem,kept:!1})),d(),null}var v=e=>e.rule.length>0||e.min_kn!==null||e.max_kn!==null||e.forbidden.length>0||e.port||e.quiet.length>0;function T(e){return v(e)||l.as==="name"?e:l.as==="enter"?{...e,rule:["enter"]}:l.as==="port"?{...e,port:!0}:{...e,quiet:l.quiet,quiet_until_s:l.quiet_until_s}}var $=()=>u.filter(e=>e.ticked&&e.zone&&!e.kept&&!e.problem);function S(e,n){e.name=n.trim(),e.zone.name=e.name,e.problem=null,e.ticked=!0,d(),s.changed()}async function R(){if(i)return;if(l.as==="quiet"&&!l.quiet.length&&$().some(n=>!v(n.zone))){p="Tick the rules that are quiet in them",s.changed();return}i=!0,p=null;let e=0;for(let n of $()){try{let t=await g("/api/zones",q(T(n.zone)));s.zones.set(t.id,t),n.kept=!0,e++}catch(t){n.problem=k(t)}d(),s.changed()}i=!1,e&&s.say(`${e===1?"1 zone is":`${e} zones are`} kept, ${s.kept()}`),s.changed()}function L(e,n,t){let f=e.zone&&!e.kept,m=e.zone?`${I(T(e.zone))} · ${h(e.corners)} corners`:"";return o`<li class="zone" data-found=${n}>
    <div class="found-head">${f?o`<input type="checkbox" aria-label="Keep ${e.name}" ?disabled=${e.problem!==null} .checked=${e.ticked&&!e.problem} @change=${b=>{e.ticked=b.target.checked,d(),s.changed()}} />
          <input type="text" class="found-name" aria-label="Name of zone ${n+1}" autocomplete="off" maxlength="60" .value=${e.name} @change=${b=>S(e,b.target.value)} />`:o`<p class="zone-name">${e.name}</p>`}
    ${e.zone?o`<button class="small" @click=${()=>t({rings:[e.zone.corners]})}>Show<span class="unseen">: ${e.name}</span></button>`:r}</div>
    ${e.problem?o`<p class="refused">Not kept: ${e.problem}</p>`:o`<p class="quiet">${e.kept?"kept · ":""}${m}</p>`}
  </li>`}function M(){return u.some(n=>n.zone&&!n.problem&&!n.kept&&!v(n.zone))?o`<div class="field">
      <label for="found-as">Where the file gives a name only, keep it as</label>
      <select id="found-as" @change=${n=>{l.as=n.target.value,s.changed()}}>${Object.entries(_).map(([n,t])=>o`<option value=${n} .selected=${l.as===n}>${t}</option>`)}</select>
    </div>
    ${l.as==="quiet"?w(l,"found","Rules that are quiet in them"):r}`:r}function P(e){return a?o`<p role="status">${c}: ${a.zones.length===1?"1 zone":`${h(a.zones.length)} zones`} found${a.left_out?`, and ${h(a.left_out)} more that are not shown`:""}</p>
    ${a.remarks.map(n=>o`<p class="quiet">${n}</p>`)}
    <ul class="zone-list" role="list">${u.map((n,t)=>L(n,t,e.show))}</ul>
    ${M()}
    ${u.some(n=>n.zone&&!n.kept)?j():r}`:r}function j(){let e=$().length;return o`<div class="inline by">
      ${z("found-by")}
    </div>
    <div class="buttons"><button class="main decides" ?disabled=${i||!e} @click=${R}>${e===1?"Keep 1 zone":`Keep ${e} zones`}</button></div>`}function G(e){return o`<div class="zone-form">
    <h3>Zones from a file</h3>
    <p class="quiet">GeoJSON with polygons. You see what is in it before anything is kept.</p>
    <div class="drop">
      <button type="button" id="zone-file-choose" @click=${()=>document.querySelector("#zone-file-input").click()}>Choose a file…</button>
      <span class="quiet">or drop it on the page</span>
      <input id="zone-file-input" type="file" hidden accept=".geojson,.json,application/geo+json,application/json" @change=${t=>{let f=t.target,[m]=f.files??[];m&&x(m),f.value=""}} />
    </div>
    <p class="problem" role="alert">${p?`${a||!c?"":`${c}: `}${p}`:r}</p>
    ${i&&!a?o`<p class="quiet" role="status">Reading…</p>`:r} ${P(e)}
    <div class="buttons"><button type="button" @click=${()=>{F(),e.brought()}}>${u.some(t=>t.kept)?"Done":"Cancel"}</button></div>
  </div>`}export{G as filePanel,F as forget,x as readFile};
