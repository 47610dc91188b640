import{a as v,b as r,i as g}from"./part-chunk-7NU5O5GE.js";import"./part-chunk-S5IWBDN7.js";import{i as p,o as h,y as b,z as $}from"./part-chunk-RMYE6B7E.js";import{c as m,f as u,g as f}from"./part-chunk-ILZK36OP.js";import{a as n,d,f as a,l as i,m as l,q as c}from"./part-chunk-WPKYSVMF.js";import"./part-chunk-FZGPW7OC.js";var t=null,w=()=>[];function A(e){let o=[e.state==="open"?e.acknowledged_s===null?"new":"acknowledged":e.state];return e.confirmed&&o.push("confirmed"),e.snoozed_until_s!==null&&o.push(`snoozed until ${l(e.snoozed_until_s)}`),o.join(", ")}function k(e){t.close(),p(e.id),h(e)}function _(e){let o=e.incident?i.incidents.get(e.incident):void 0;return n`<tr class="${e.severity} ${e.state}" data-table-id=${e.id}>
    <td><span class="severity ${e.severity}">${b(e.severity)}<span class="severity-word">${e.severity}</span></span></td>
    <th scope="row"><button class="link" @click=${()=>k(e)}>${e.title}</button></th>
    <td>${A(e)}</td>
    <td class="figures">${l(e.raised_s)}<br />${c(e.raised_s,i.clock_s())}</td>
    <td>${e.assigned??"nobody"}</td>
    <td>${o?o.title:"none"}</td>
  </tr>`}function y(){if(!t?.open)return;let e=w().map(s=>i.alerts.get(s)).filter(s=>s!==void 0&&m(s)),o=e.filter(s=>s.state==="open").length;a(n`<div class="panel-head">
        <div class="panel-title"><p class="over">in the order of the list; what is over comes last</p><h2 tabindex="-1">Alerts as a table</h2></div>
        <button class="plain" aria-label="Close the table" title="Close (Esc)" @click=${()=>t.close()}>${$("close")}</button>
      </div>
      ${u()}
      <div class="table-body" tabindex="0" role="group" aria-label="Alerts, to be scrolled">
        <table class="alert-table">
          <caption>${o} open, ${e.length-o} over${f()}</caption>
          <thead>
            <tr><th scope="col">Severity</th><th scope="col">Alert</th><th scope="col">State</th><th scope="col">Raised</th><th scope="col">Who has it</th><th scope="col">Incident</th></tr>
          </thead>
          <tbody>${e.length?v(e,s=>s.id,_):n`<tr><td colspan="6">No alert</td></tr>`}</tbody>
        </table>
        ${g()}
      </div>
      ${e.length?n`<p class="quiet">Enter on an alert opens it; then the keys of the help sheet (?) answer it.</p>`:d}`,t)}function S(e){w=e,t||(t=document.createElement("dialog"),t.id="alert-table",t.setAttribute("aria-label","Alerts as a table"),document.body.append(t),t.addEventListener("close",()=>{r.table=!1}),i.onChange(y)),t.open||t.showModal(),r.table=!0,y(),t.querySelector("h2")?.focus()}export{S as openAlertTable};
