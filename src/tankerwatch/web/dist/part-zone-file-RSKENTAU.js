import{a as q,g as w,l as I,m as T}from"./part-chunk-4QIPTVUU.js";import"./part-chunk-HVYOWTSI.js";import"./part-chunk-XSQ3VFWA.js";import"./part-chunk-VO6DFO46.js";import"./part-chunk-Z7B6XG3F.js";import{G as a,H as y,I as z,Z as g,_ as k,a as o,d as r,x as h}from"./part-chunk-4DCV5OVF.js";import"./part-chunk-CRXK43VX.js";var E=2*1024*1024,N={name:"a name only",enter:"a ship comes in",port:"a port",quiet:"some rules are quiet in it"},s={as:"name",quiet:[],quiet_until_s:null},c="",u=[],l=null,p=null,i=!1;function F(){c="",u=[],l=p=null,d()}function d(){q.found=$().map(e=>e.zone.corners),a.redraw()}async function _(e){i||(F(),c=e.name,e.size>E?p=`It has ${(e.size/1024/1024).toFixed(1)} MB: at most 2 MB are read`:(i=!0,a.changed(),p=await S(e),i=!1),a.changed())}async function S(e){let t;try{t=JSON.parse(await e.text())}catch(n){return n instanceof SyntaxError?"It is not JSON: choose a GeoJSON file with polygons, as QGIS or geojson.io write it":"It cannot be read"}try{l=await g("/api/zones.geojson",t)}catch(n){return k(n)}return u=l.zones.map(n=>({...n,ticked:!n.problem,kept:!1})),d(),null}var v=e=>e.rule.length>0||e.min_kn!==null||e.max_kn!==null||e.forbidden.length>0||e.port||e.quiet.length>0;function x(e){return v(e)||s.as==="name"?e:s.as==="enter"?{...e,rule:["enter"]}:s.as==="port"?{...e,port:!0}:{...e,quiet:s.quiet,quiet_until_s:s.quiet_until_s}}var $=()=>u.filter(e=>e.ticked&&e.zone&&!e.kept&&!e.problem);function L(e,t){e.name=t.trim(),e.zone.name=e.name,e.problem=null,e.ticked=!0,d(),a.changed()}async function M(){if(i)return;if(s.as==="quiet"&&!s.quiet.length&&$().some(t=>!v(t.zone))){p="Tick the rules that are quiet in them",a.changed();return}i=!0,p=null;let e=0;for(let t of $()){try{let n=await g("/api/zones",w(x(t.zone)));a.zones.set(n.id,n),t.kept=!0,e++}catch(n){t.problem=k(n)}d(),a.changed()}i=!1,e&&a.say(`${e===1?"1 zone is":`${e} zones are`} kept, ${a.kept()}`),a.changed()}function R(e,t,n){let f=e.zone&&!e.kept,m=e.zone?`${T(x(e.zone))} · ${h(e.corners)} corners`:"";return o`<li class="zone" data-found=${t}>
    <div class="found-head">${f?o`<input type="checkbox" aria-label="Keep ${e.name}" ?disabled=${e.problem!==null} .checked=${e.ticked&&!e.problem} @change=${b=>{e.ticked=b.target.checked,d(),a.changed()}} />
          <input type="text" class="found-name" aria-label="Name of zone ${t+1}" autocomplete="off" maxlength="60" .value=${e.name} @change=${b=>L(e,b.target.value)} />`:o`<p class="zone-name">${e.name}</p>`}
    ${e.zone?o`<button class="small" @click=${()=>n({rings:[e.zone.corners]})}>Show<span class="unseen">: ${e.name}</span></button>`:r}</div>
    ${e.problem?o`<p class="refused">Not kept: ${e.problem}</p>`:o`<p class="quiet">${e.kept?"kept · ":""}${m}</p>`}
  </li>`}function P(){return u.some(t=>t.zone&&!t.problem&&!t.kept&&!v(t.zone))?o`<div class="field">
      <label for="found-as">Where the file gives a name only, keep it as</label>
      <select id="found-as" @change=${t=>{s.as=t.target.value,a.changed()}}>${Object.entries(N).map(([t,n])=>o`<option value=${t} .selected=${s.as===t}>${n}</option>`)}</select>
    </div>
    ${s.as==="quiet"?I(s,"found","Rules that are quiet in them"):r}`:r}function j(e){return l?o`<p role="status">${c}: ${l.zones.length===1?"1 zone":`${h(l.zones.length)} zones`} found${l.left_out?`, and ${h(l.left_out)} more that are not shown`:""}</p>
    ${l.remarks.map(t=>o`<p class="quiet">${t}</p>`)}
    <ul class="zone-list" role="list">${u.map((t,n)=>R(t,n,e.show))}</ul>
    ${P()}
    ${u.some(t=>t.zone&&!t.kept)?C():r}`:r}function C(){let e=$().length;return o`<div class="inline by">
      <label for="found-by">Your name</label>
      <input id="found-by" type="text" autocomplete="off" maxlength="60" placeholder="desk" value=${y.name} @change=${t=>z(t.target.value)} />
    </div>
    <div class="buttons"><button class="main decides" ?disabled=${i||!e} @click=${M}>${e===1?"Keep 1 zone":`Keep ${e} zones`}</button></div>`}function K(e){return o`<div class="zone-form">
    <h3>Zones from a file</h3>
    <p class="quiet">GeoJSON with polygons. You see what is in it before anything is kept.</p>
    <div class="drop">
      <button type="button" id="zone-file-choose" @click=${()=>document.querySelector("#zone-file-input").click()}>Choose a file…</button>
      <span class="quiet">or drop it on the page</span>
      <input id="zone-file-input" type="file" hidden accept=".geojson,.json,application/geo+json,application/json" @change=${n=>{let f=n.target,[m]=f.files??[];m&&_(m),f.value=""}} />
    </div>
    <p class="problem" role="alert">${p?`${l||!c?"":`${c}: `}${p}`:r}</p>
    ${i&&!l?o`<p class="quiet" role="status">Reading…</p>`:r} ${j(e)}
    <div class="buttons"><button type="button" @click=${()=>{F(),e.brought()}}>${u.some(n=>n.kept)?"Done":"Cancel"}</button></div>
  </div>`}export{K as filePanel,F as forget,_ as readFile};
