import{a as g,b as l,i as y}from"./part-chunk-MHGLPHAJ.js";import"./part-chunk-MNEIHHPI.js";import{i as h,o as m,y as u,z as f}from"./part-chunk-3GJMLR4R.js";import{c as b,f as $,g as v}from"./part-chunk-Y5QJQPEW.js";import{G as n,a as i,d as r,f as d,h as a,l as c,m as p}from"./part-chunk-E72P3U2A.js";import"./part-chunk-CRXK43VX.js";var t=null,A=()=>[];function k(e){let o=[e.state==="open"?e.acknowledged_s===null?"new":"acknowledged":e.state];return e.confirmed&&o.push("confirmed"),e.snoozed_until_s!==null&&o.push(`snoozed until ${a(e.snoozed_until_s)}`),o.join(", ")}function _(e){t.close(),h(e.id),m(e)}function E(e){let o=e.incident?n.incidents.get(e.incident):void 0;return i`<tr class="${e.severity} ${e.state}" data-table-id=${e.id}>
    <td><span class="severity ${e.severity}">${u(e.severity)}<span class="severity-word">${e.severity}</span></span></td>
    <th scope="row"><button class="link" @click=${()=>_(e)}>${e.title}</button></th>
    <td>${k(e)}</td>
    <td class="figures">${p(e.raised_s,n.clock_s())}<br />${c(e.raised_s,n.clock_s())}</td>
    <td>${e.assigned??"nobody"}</td>
    <td>${o?o.title:e.incident??"none"}</td>
  </tr>`}function w(){if(!t?.open)return;let e=A().map(s=>n.alerts.get(s)).filter(s=>s!==void 0&&b(s)),o=e.filter(s=>s.state==="open").length;d(i`<div class="panel-head">
        <div class="panel-title"><p class="over">in the order of the list; what is over comes last</p><h2 tabindex="-1">Alerts as a table</h2></div>
        <button class="plain" aria-label="Close the table" title="Close (Esc)" @click=${()=>t.close()}>${f("close")}</button>
      </div>
      ${$()}
      <div class="table-body" tabindex="0" role="group" aria-label="Alerts, to be scrolled">
        <table class="alert-table">
          <caption>${o} open, ${e.length-o} over${v()}</caption>
          <thead>
            <tr><th scope="col">Severity</th><th scope="col">Alert</th><th scope="col">State</th><th scope="col">Raised</th><th scope="col">Who has it</th><th scope="col">Incident</th></tr>
          </thead>
          <tbody>${e.length?g(e,s=>s.id,E):i`<tr><td colspan="6">No alert</td></tr>`}</tbody>
        </table>
        ${y()}
      </div>
      ${e.length?i`<p class="quiet">Enter on an alert opens it; then the keys of the help sheet (?) answer it.</p>`:r}`,t)}function q(e){A=e,t||(t=document.createElement("dialog"),t.id="alert-table",t.setAttribute("aria-label","Alerts as a table"),document.body.append(t),t.addEventListener("close",()=>{l.table=!1}),n.onChange(w)),t.open||t.showModal(),l.table=!0,w(),t.querySelector("h2")?.focus()}export{q as openAlertTable};
