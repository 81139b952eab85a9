export const widgetEvents = ['ready', 'open', 'close', 'message', 'unread', 'identity-needed', 'error'] as const;
export type WidgetEvent = (typeof widgetEvents)[number];
/** Tells the page. */
export type Emit = (event: WidgetEvent, detail?: object) => void;
