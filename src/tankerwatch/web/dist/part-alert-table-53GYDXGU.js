import{a as $,e as v}from"./part-chunk-B3BX5QDO.js";import"./part-chunk-GO5O6ABP.js";import"./part-chunk-3JNKCZQR.js";import{h as c,m as p,w as f,x as b}from"./part-chunk-2MRWUPBK.js";import{c as h,f as u,g as m}from"./part-chunk-DMBBU6YY.js";import{a as n,d,f as r,j as i,k as l,o as a}from"./part-chunk-BQN4T6UY.js";import"./part-chunk-LLBSI5OJ.js";var e=null;function y(t){let o=[t.state==="open"?t.acknowledged_s===null?"new":"acknowledged":t.state];return t.confirmed&&o.push("confirmed"),t.snoozed_until_s!==null&&o.push(`snoozed until ${l(t.snoozed_until_s)}`),o.join(", ")}function A(t){e.close(),c(t.id),p(t)}function w(t){let o=t.incident?i.incidents.get(t.incident):void 0;return n`<tr class="${t.severity} ${t.state}" data-table-id=${t.id}>
    <td><span class="severity ${t.severity}">${f(t.severity)}<span class="severity-word">${t.severity}</span></span></td>
    <th scope="row"><button class="link" @click=${()=>A(t)}>${t.title}</button></th>
    <td>${y(t)}</td>
    <td class="figures">${l(t.raised_s)}<br />${a(t.raised_s,i.clock_s())}</td>
    <td>${t.assigned??"nobody"}</td>
    <td>${o?o.title:"none"}</td>
  </tr>`}function g(){if(!e?.open)return;let t=v().map(s=>i.alerts.get(s)).filter(s=>s!==void 0&&h(s)),o=t.filter(s=>s.state==="open").length;r(n`<div class="panel-head">
        <div class="panel-title"><p class="over">in the order of the list; what is over comes last</p><h2 tabindex="-1">Alerts as a table</h2></div>
        <button class="plain" aria-label="Close the table" title="Close (Esc)" @click=${()=>e.close()}>${b("close")}</button>
      </div>
      ${u()}
      <div class="table-body" tabindex="0" role="group" aria-label="Alerts, to be scrolled">
        <table class="alert-table">
          <caption>${o} open, ${t.length-o} over${m()}</caption>
          <thead>
            <tr><th scope="col">Severity</th><th scope="col">Alert</th><th scope="col">State</th><th scope="col">Raised</th><th scope="col">Who has it</th><th scope="col">Incident</th></tr>
          </thead>
          <tbody>${t.length?$(t,s=>s.id,w):n`<tr><td colspan="6">No alert</td></tr>`}</tbody>
        </table>
      </div>
      ${t.length?n`<p class="quiet">Enter on an alert opens it; then the keys of the help sheet (?) answer it.</p>`:d}`,e)}function M(){e||(e=document.createElement("dialog"),e.id="alert-table",e.setAttribute("aria-label","Alerts as a table"),document.body.append(e),i.onChange(g)),e.open||e.showModal(),g(),e.querySelector("h2")?.focus()}export{M as openAlertTable};
