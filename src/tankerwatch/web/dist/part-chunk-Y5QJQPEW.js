import{G as r,a as i,d as g,g as c}from"./part-chunk-E72P3U2A.js";import{g as p}from"./part-chunk-CRXK43VX.js";var d={open:"Open",new:"Not acknowledged",acknowledged:"Acknowledged",snoozed:"Snoozed",closed:"Closed or withdrawn"},u={all:"All ships",own:"Own fleet",guarded:"Guarded"},f={notice:"All severities",caution:"Caution and worse",danger:"Danger and worse",distress:"Distress"},e={state:"open",least:"notice",ships:"all",detector:""},h=()=>e.state!=="open"||e.least!=="notice"||e.ships!=="all"||e.detector!=="";function w(){Object.assign(e,{state:"open",least:"notice",ships:"all",detector:""}),r.changed()}var y=(t,n)=>t.ships.some(o=>{let s=r.fleet.slotOf(o);return s!==null&&(r.fleet.flags[s]&n)!==0});function $(t){return e.state==="closed"?t.state!=="open":t.state!=="open"?!1:e.state==="snoozed"?t.snoozed_until_s!==null:e.state==="open"?!0:t.snoozed_until_s===null&&t.acknowledged_s===null==(e.state==="new")}function v(t){return t.state==="open"&&t.severity==="distress"&&t.acknowledged_s===null?!0:e.detector&&t.detector!==e.detector||c[t.severity]<c[e.least]||e.ships!=="all"&&!y(t,e.ships==="own"?p.ownFleet:p.guarded)?!1:$(t)||e.state==="open"&&t.state!=="open"}var m=t=>t.replaceAll("_"," ");function a(t,n,o){return i`<label class="choice"
    ><span class="unseen">${t}</span>
    <select
      .value=${e[n]}
      @change=${s=>{Object.assign(e,{[n]:s.target.value}),r.changed()}}
    >
      ${Object.entries(o).map(([s,l])=>i`<option value=${s} ?selected=${e[n]===s}>${l}</option>`)}
    </select></label
  >`}var S=!1;function k(){let t=[...new Set([...r.alerts.values()].map(s=>s.detector))].sort(),n=Object.fromEntries(t.map(s=>[s,m(s)])),o=S||h();return i`<details
    class="filters"
    ?open=${o}
    @toggle=${s=>{S=s.target.open}}
  >
    <summary>Filter</summary>
    <div class="choices">
      ${a("State","state",d)} ${a("Severity","least",f)} ${a("Ships","ships",u)} ${a("Rule","detector",{"":"All rules",...n})}
    </div>
  </details>`}function x(){if(!h())return g;let t=r.openAlerts().filter(n=>!v(n)).length;return i`<p class="hidden-line" role="status">
    <span>${t?`${t} open ${t===1?"alert is":"alerts are"} hidden by the filter`:"The filter hides no open alert"}</span>
    <button class="small" @click=${w}>Show all</button>
  </p>`}function _(){let t=[e.state==="open"?"":d[e.state].toLowerCase(),e.least==="notice"?"":f[e.least].toLowerCase(),e.ships==="all"?"":u[e.ships].toLowerCase(),e.detector&&m(e.detector)].filter(Boolean);return t.length?` · only: ${t.join(", ")}`:""}var L=()=>h()?[e.state,e.least,e.ships,e.detector].join("."):"";function R(t){let[n,o,s,l]=(t??"").split(".");n in d&&(e.state=n),o in f&&(e.least=o),s in u&&(e.ships=s),l&&/^[a-z_]{1,40}$/.test(l)&&(e.detector=l)}export{e as a,h as b,v as c,m as d,k as e,x as f,_ as g,L as h,R as i};
