/** The wide pages: an incident with all that is known of it, and the hand-over of a watch. Loaded when one is first opened. */

import { leaveHandover } from "./handover-page";
import { leaveIncident } from "./incident-page";

export { handoverPage } from "./handover-page";
export { incidentPage } from "./incident-page";

/** What was typed and fetched for them stays only as long as one is open. */
export function leave(): void {
  leaveHandover();
  leaveIncident();
}
