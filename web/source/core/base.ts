/** Where the desk of this page answers: a page of the past lies below `/past/KEY`, beside the live one. What is the live desk's alone,
 *  such as the log-in, charts and the page's own parts, is asked for without it. */

export const BASE = /^\/past\/[\w-]+(?=\/)/.exec(location.pathname)?.[0] ?? "";
/** Whether this page shows the past of a desk that is live beside it. */
export const beside = BASE !== "";
