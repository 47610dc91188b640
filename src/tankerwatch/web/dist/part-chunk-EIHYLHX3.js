import{B as a,f as S,h as x,s as w,u as P,w as A,y as O,z as T}from"./part-chunk-2MRWUPBK.js";import{M as v,a as t,d as r,j as l,k,p as u,q as y,s as c,t as f,u as p,z as d}from"./part-chunk-BQN4T6UY.js";import{b,c as $,e as g}from"./part-chunk-LLBSI5OJ.js";var m=null,F=-1/0,G=1e4,U=()=>m;function q(){return!m&&performance.now()-F>G&&(F=performance.now(),import("./part-ship-page-6ZE6UOOD.js").then(e=>{m=e,l.changed()},()=>l.say("A part of this page could not be loaded from the desk; it is tried again",!0))),m}function M(e){let{fleet:s}=l,n=s.slotOf(e);if(n===null||!s.state[n])return null;let[o,i]=s.state[n]===2?s.latLon(n):[null,null];return{sog_kn:s.sog[n]===g?null:s.sog[n]/10,cog_deg:s.cog[n]===g?null:s.cog[n]/10,heading_deg:s.heading[n]===g?null:s.heading[n],heard_s:s.heard_s[n],lat_deg:o,lon_deg:i}}function N(e){let s=e.map(n=>l.alerts.get(n)).filter(n=>n!==void 0);return s.length?t`<ul class="lines" role="list">
    ${s.map(n=>t`<li>
        <button class="line ${n.severity}" @click=${()=>x(n.id)}>
          ${A(n.severity)}<span><span class="severity-word">${n.severity}${n.state==="open"?"":`, ${n.state}`}</span> ${n.title}</span>
        </button>
      </li>`)}
  </ul>`:r}function W(e,s){let n=e.length_m?`${p(e.length_m)}${e.beam_m?` × ${p(e.beam_m)}`:""}`:null;return t`<h3>Identity</h3>
    <dl class="facts">
      ${a("MMSI",e.mmsi?t`<span class="figures">${String(e.mmsi).padStart(9,"0")}</span>`:null)}
      ${a("IMO",e.imo?t`<span class="figures">${e.imo}</span>`:null)} ${a("Call sign",e.callsign)}
      ${a("Flag",e.flag??e.flag_code)} ${a("Size",n)} ${a("Draught",e.draught_m?`${e.draught_m.toFixed(1)} m`:null)}
      ${a("Destination",e.destination)} ${a("ETA",e.eta)}
      ${a("Usual speed",e.usual_sog_kn===null?null:`${c(e.usual_sog_kn)}${e.best_sog_kn===null?"":`, best ${c(e.best_sog_kn)}`}`)}
      ${a("These are from",e.static_s?t`<span class="figures">${u(e.static_s,s)}</span>`:null)}
    </dl>`}function z(e,s){return t`<h3>Who hears her</h3>
    <dl class="facts">
      ${a("First heard",e.first_s?t`<span class="figures">${u(e.first_s,s)}</span>`:null)}
      ${a("Fixes",e.fixes===null?null:`${d(e.fixes)}${e.displaced_fixes?`, ${d(e.displaced_fixes)} displaced`:""}`)}
      ${(e.stations??[]).map(n=>a(n.station??"no station named",t`<span class="figures">${u(n.last_s,s)} · ${d(n.fixes)} fixes</span>`))}
    </dl>
    ${e.beliefs&&e.beliefs.length?t`<details class="deeper">
          <summary>Other positions claimed for her: ${e.beliefs.length}</summary>
          <ul class="lines" role="list">
            ${e.beliefs.map(n=>t`<li class="told figures">${y(n.lat_deg,n.lon_deg)}<br /><span class="quiet">${n.trusted?"trusted":"not trusted"} · ${d(n.fixes)} fixes · ${u(n.last_s,s)}</span></li>`)}
          </ul>
        </details>`:r}
    ${e.sentences&&e.sentences.length?t`<details class="deeper">
          <summary>Last sentences</summary>
          <ul class="sentences" role="list">
            ${e.sentences.map(n=>t`<li><p class="quiet figures">${k(n.time_s)}</p><code>${n.sentence}</code></li>`)}
          </ul>
        </details>`:r}`}function Z(e){let{ship:s}=l,n=l.clock_s(),o=M(e),i=l.fleet.slotOf(e),_=i===null?0:l.fleet.flags[i],I=s?.name||l.fleet.nameOf(e),L=s?.kind_words??(i===null?"":b[l.fleet.kind[i]]),h=s?.length_m??(i===null?null:l.fleet.length[i]||null),R=o?o.sog_kn:s?.sog_kn??null,C=o?o.cog_deg:s?.cog_deg??null,D=o?o.heading_deg:s?.heading_deg??null;return t`${O([L,h?p(h):"",s?.flag??""].filter(Boolean).join(" · ")||"ship",I,"Close the ship")}
    <div class="panel-body">
      ${l.shipProblem?t`<p class="problem" role="alert">${l.shipProblem}</p>`:r}
      ${_&$.lost?t`<p class="warning">No longer heard. This is where she was last.</p>`:r}
      ${_&$.untrusted?t`<p class="warning">Her position is not trusted.</p>`:r}
      <div class="readings">
        <p><span class="reading figures">${c(R)}</span><span class="quiet">over ground</span></p>
        <p><span class="reading figures">${f(C)}</span><span class="quiet">course</span></p>
        <p><span class="reading figures">${f(D)}</span><span class="quiet">heading</span></p>
      </div>
      ${T(o?.lat_deg??s?.lat_deg??null,o?.lon_deg??s?.lon_deg??null)}
      <p class="quiet">
        Last heard <span class="figures">${u(o?.heard_s||s?.heard_s,n)}</span>${s?.nav_status_words?t`<br />Says she is ${s.nav_status_words}`:r}
      </p>
      <div class="buttons">
        <button @click=${()=>S(e)}>Open her page (O)</button>
        <button aria-pressed=${l.following?"true":"false"} @click=${()=>P()}>Follow (F)</button>
        <button class="decides" aria-pressed=${s?.guarded?"true":"false"} ?disabled=${!s} @click=${()=>s&&w(e,!s.guarded)} title="Watch over her more strictly than over others">
          ${s?.guarded?"Guarded":"Guard"}
        </button>
      </div>
      ${s?N(s.alerts):r} ${q()?.small.element??t`<div class="timeline"></div>`} ${s?t`${W(s,n)}${z(s,n)}`:t`<p class="quiet">${v()?"This page shows everybody late and rounded positions, and nothing more.":"Asking the desk…"}</p>`}
    </div>`}export{M as a,Z as b,U as c,q as d};
