import type { Language } from './demo-text.ts';

/** By the error codes a tool result can carry; others are told as an answer of no use. */
const english = {
  TOOL_UNKNOWN: 'there is no such tool here',
  TOOL_NOT_GRANTED: 'this persona may not use that tool',
  RESOURCE_NOT_GRANTED: 'it lies outside of what this persona may see',
  ARG_INVALID: 'the tool did not accept what I asked for',
  APPROVAL_REQUIRED: 'it needs a person’s approval, and there is none',
  APPROVAL_DENIED: 'it needs a person’s approval, and that was not given',
  APPROVAL_INVALID: 'the approval for it no longer holds',
  CONNECTION_NOT_FOUND: 'no connection to Ninox is set up',
  CONNECTION_REVOKED: 'the connection to Ninox was revoked',
  RUN_STOPPED: 'the answer was stopped before the call was made',
  BUDGET_EXCEEDED: 'this persona has used up what it may spend on one message',
  AUDIT_UNAVAILABLE: 'the call could not be recorded',
  UPSTREAM_UNAUTHORIZED: 'Ninox did not accept the access key',
  UPSTREAM_FORBIDDEN: 'Ninox does not allow it',
  UPSTREAM_NOT_FOUND: 'Ninox knows nothing under that id',
  UPSTREAM_INVALID: 'Ninox did not accept the request',
  UPSTREAM_UNAVAILABLE: 'Ninox cannot be reached at the moment',
  RATE_LIMITED: 'Ninox was asked too often in a short time',
  OUTPUT_TOO_LARGE: 'the answer of Ninox was too large',
  EGRESS_DENIED: 'the address of Ninox is not one that may be called',
  OUTCOME_UNKNOWN: 'the call was sent, but no clear answer came back',
  CALL_FAILED: 'the call failed',
} as const;

type KnownCode = keyof typeof english;
type Reasons = Readonly<Record<KnownCode, string>>;

const german: Reasons = {
  TOOL_UNKNOWN: 'hier gibt es kein solches Werkzeug',
  TOOL_NOT_GRANTED: 'diese Persona darf das Werkzeug nicht benutzen',
  RESOURCE_NOT_GRANTED: 'es liegt außerhalb dessen, was diese Persona sehen darf',
  ARG_INVALID: 'das Werkzeug hat meine Anfrage nicht angenommen',
  APPROVAL_REQUIRED: 'es braucht die Freigabe eines Menschen, und die gibt es nicht',
  APPROVAL_DENIED: 'es braucht die Freigabe eines Menschen, und die wurde nicht gegeben',
  APPROVAL_INVALID: 'die Freigabe dafür gilt nicht mehr',
  CONNECTION_NOT_FOUND: 'es ist keine Verbindung zu Ninox eingerichtet',
  CONNECTION_REVOKED: 'die Verbindung zu Ninox wurde widerrufen',
  RUN_STOPPED: 'die Antwort wurde angehalten, bevor der Aufruf gemacht war',
  BUDGET_EXCEEDED: 'diese Persona hat aufgebraucht, was sie für eine Nachricht ausgeben darf',
  AUDIT_UNAVAILABLE: 'der Aufruf ließ sich nicht aufzeichnen',
  UPSTREAM_UNAUTHORIZED: 'Ninox hat den Zugangsschlüssel nicht angenommen',
  UPSTREAM_FORBIDDEN: 'Ninox erlaubt es nicht',
  UPSTREAM_NOT_FOUND: 'Ninox kennt nichts unter dieser ID',
  UPSTREAM_INVALID: 'Ninox hat die Anfrage nicht angenommen',
  UPSTREAM_UNAVAILABLE: 'Ninox ist gerade nicht erreichbar',
  RATE_LIMITED: 'Ninox wurde in kurzer Zeit zu oft gefragt',
  OUTPUT_TOO_LARGE: 'die Antwort von Ninox war zu groß',
  EGRESS_DENIED: 'die Adresse von Ninox gehört nicht zu denen, die aufgerufen werden dürfen',
  OUTCOME_UNKNOWN: 'der Aufruf wurde gesendet, aber es kam keine klare Antwort zurück',
  CALL_FAILED: 'der Aufruf ist fehlgeschlagen',
};

const unnamed: Readonly<Record<Language, string>> = {
  en: 'the tool gave no answer that I can use',
  de: 'das Werkzeug hat keine Antwort gegeben, die ich verwenden kann',
};

/** Why a call did not succeed, as half a sentence in plain words. */
export function reasonOf(errorCode: string | null, language: Language): string {
  const reasons: Reasons = language === 'de' ? german : english;
  return isKnown(errorCode, reasons) ? reasons[errorCode] : unnamed[language];
}

function isKnown(errorCode: string | null, reasons: Reasons): errorCode is KnownCode {
  return errorCode !== null && Object.hasOwn(reasons, errorCode);
}

/** What became of a call that did not succeed. */
export type Effect = 'none' | 'unknown' | 'unconfirmed';

/** These may come after the call was sent; all other codes say that nothing was done. */
const unconfirmedCodes: readonly string[] = ['AUDIT_UNAVAILABLE', 'OUTPUT_TOO_LARGE', 'CALL_FAILED'];

export function effectOf(errorCode: string | null): Effect {
  if (errorCode === 'OUTCOME_UNKNOWN') return 'unknown';
  const isClear = isKnown(errorCode, english) && !unconfirmedCodes.includes(errorCode);
  return isClear ? 'none' : 'unconfirmed';
}
