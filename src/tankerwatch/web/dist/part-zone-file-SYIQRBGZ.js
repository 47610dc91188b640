import{a as q,g as w,l as I,m as T}from"./part-chunk-HPGR7IK7.js";import"./part-chunk-ST5J2W23.js";import"./part-chunk-UQDP7ITE.js";import"./part-chunk-QLHILPIN.js";import{C as y,D as z,T as g,U as k,a as o,d as r,j as a,z as h}from"./part-chunk-VXEXRMNA.js";import"./part-chunk-JVCUM5O6.js";var E=2*1024*1024,N={name:"a name only",enter:"a ship comes in",port:"a port",quiet:"some rules are quiet in it"},s={as:"name",quiet:[],quiet_until_s:null},c="",u=[],l=null,p=null,i=!1;function F(){c="",u=[],l=p=null,d()}function d(){q.found=$().map(e=>e.zone.corners),a.redraw()}async function _(e){i||(F(),c=e.name,e.size>E?p=`It has ${(e.size/1024/1024).toFixed(1)} MB: at most 2 MB are read`:(i=!0,a.changed(),p=await S(e),i=!1),a.changed())}async function S(e){let n;try{n=JSON.parse(await e.text())}catch(t){return t instanceof SyntaxError?"It is not JSON: choose a GeoJSON file with polygons, as QGIS or geojson.io write it":"It cannot be read"}try{l=await g("/api/zones.geojson",n)}catch(t){return k(t)}return u=l.zones.map(t=>({...t,ticked:!t.problem,kept:!1})),d(),null}var v=e=>e.rule.length>0||e.min_kn!==null||e.max_kn!==null||e.forbidden.length>0||e.port||e.quiet.length>0;function x(e){return v(e)||s.as==="name"?e:s.as==="enter"?{...e,rule:["enter"]}:s.as==="port"?{...e,port:!0}:{...e,quiet:s.quiet,quiet_until_s:s.quiet_until_s}}var $=()=>u.filter(e=>e.ticked&&e.zone&&!e.kept&&!e.problem);function L(e,n){e.name=n.trim(),e.zone.name=e.name,e.problem=null,e.ticked=!0,d(),a.changed()}async function M(){if(i)return;if(s.as==="quiet"&&!s.quiet.length&&$().some(n=>!v(n.zone))){p="Tick the rules that are quiet in them",a.changed();return}i=!0,p=null;let e=0;for(let n of $()){try{let t=await g("/api/zones",w(x(n.zone)));a.zones.set(t.id,t),n.kept=!0,e++}catch(t){n.problem=k(t)}d(),a.changed()}i=!1,e&&a.say(`${e===1?"1 zone is":`${e} zones are`} kept, ${a.kept()}`),a.changed()}function R(e,n,t){let f=e.zone&&!e.kept,m=e.zone?`${T(x(e.zone))} · ${h(e.corners)} corners`:"";return o`<li class="zone" data-found=${n}>
    <div class="found-head">${f?o`<input type="checkbox" aria-label="Keep ${e.name}" ?disabled=${e.problem!==null} .checked=${e.ticked&&!e.problem} @change=${b=>{e.ticked=b.target.checked,d(),a.changed()}} />
          <input type="text" class="found-name" aria-label="Name of zone ${n+1}" autocomplete="off" maxlength="60" .value=${e.name} @change=${b=>L(e,b.target.value)} />`:o`<p class="zone-name">${e.name}</p>`}
    ${e.zone?o`<button class="small" @click=${()=>t({rings:[e.zone.corners]})}>Show<span class="unseen">: ${e.name}</span></button>`:r}</div>
    ${e.problem?o`<p class="refused">Not kept: ${e.problem}</p>`:o`<p class="quiet">${e.kept?"kept · ":""}${m}</p>`}
  </li>`}function P(){return u.some(n=>n.zone&&!n.problem&&!n.kept&&!v(n.zone))?o`<div class="field">
      <label for="found-as">Where the file gives a name only, keep it as</label>
      <select id="found-as" @change=${n=>{s.as=n.target.value,a.changed()}}>${Object.entries(N).map(([n,t])=>o`<option value=${n} .selected=${s.as===n}>${t}</option>`)}</select>
    </div>
    ${s.as==="quiet"?I(s,"found","Rules that are quiet in them"):r}`:r}function j(e){return l?o`<p role="status">${c}: ${l.zones.length===1?"1 zone":`${h(l.zones.length)} zones`} found${l.left_out?`, and ${h(l.left_out)} more that are not shown`:""}</p>
    ${l.remarks.map(n=>o`<p class="quiet">${n}</p>`)}
    <ul class="zone-list" role="list">${u.map((n,t)=>R(n,t,e.show))}</ul>
    ${P()}
    ${u.some(n=>n.zone&&!n.kept)?C():r}`:r}function C(){let e=$().length;return o`<div class="inline by">
      <label for="found-by">Your name</label>
      <input id="found-by" type="text" autocomplete="off" maxlength="60" placeholder="desk" value=${y.name} @change=${n=>z(n.target.value)} />
    </div>
    <div class="buttons"><button class="main decides" ?disabled=${i||!e} @click=${M}>${e===1?"Keep 1 zone":`Keep ${e} zones`}</button></div>`}function K(e){return o`<div class="zone-form">
    <h3>Zones from a file</h3>
    <p class="quiet">GeoJSON with polygons. You see what is in it before anything is kept.</p>
    <div class="drop">
      <button type="button" id="zone-file-choose" @click=${()=>document.querySelector("#zone-file-input").click()}>Choose a file…</button>
      <span class="quiet">or drop it on the page</span>
      <input id="zone-file-input" type="file" hidden accept=".geojson,.json,application/geo+json,application/json" @change=${t=>{let f=t.target,[m]=f.files??[];m&&_(m),f.value=""}} />
    </div>
    <p class="problem" role="alert">${p?`${l||!c?"":`${c}: `}${p}`:r}</p>
    ${i&&!l?o`<p class="quiet" role="status">Reading…</p>`:r} ${j(e)}
    <div class="buttons"><button type="button" @click=${()=>{F(),e.brought()}}>${u.some(t=>t.kept)?"Done":"Cancel"}</button></div>
  </div>`}export{K as filePanel,F as forget,_ as readFile};
