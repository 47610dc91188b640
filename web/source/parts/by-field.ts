/** The field for the name of who decides. Where somebody is logged in it shows hers: the desk writes down no other. */

import { html, type TemplateResult } from "lit-html";
import { named } from "../state/session";
import { setWho, who } from "../state/settings";

export const byField = (id: string): TemplateResult => html`<label for=${id}>Your name</label>
  <input id=${id} type="text" autocomplete="off" maxlength="60" placeholder="desk" .value=${who.name} ?readonly=${named()} @change=${(event: Event) => setWho((event.target as HTMLInputElement).value)} />`;
