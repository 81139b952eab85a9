import type { Refusal } from './demo-conversation.ts';
import { plain } from './demo-markdown.ts';
import type { Language } from './demo-text.ts';

/** By the error codes a tool result can carry; others are told as an answer of no use. */
const english = {
  TOOL_UNKNOWN: 'there is no such tool here',
  TOOL_NOT_GRANTED: 'this persona may not use that tool',
  RESOURCE_NOT_GRANTED: 'it lies outside of what this persona may see',
  ARG_INVALID: 'the tool did not accept what I asked for',
  APPROVAL_REQUIRED: 'it needs a person’s approval first',
  APPROVAL_DENIED: 'it was not approved',
  APPROVAL_INVALID: 'its approval does not hold any more',
  CONNECTION_NOT_FOUND: 'no connection to Ninox is set up',
  CONNECTION_REVOKED: 'the connection to Ninox was revoked',
  CONNECTION_NEEDS_RECONNECT: 'the connection to Ninox has to be connected again',
  RUN_STOPPED: 'the answer was stopped before the call was made',
  BUDGET_EXCEEDED: 'a limit of this persona is used up',
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
  APPROVAL_REQUIRED: 'es braucht erst die Freigabe eines Menschen',
  APPROVAL_DENIED: 'es wurde nicht freigegeben',
  APPROVAL_INVALID: 'die Freigabe dafür gilt nicht mehr',
  CONNECTION_NOT_FOUND: 'es ist keine Verbindung zu Ninox eingerichtet',
  CONNECTION_REVOKED: 'die Verbindung zu Ninox wurde widerrufen',
  CONNECTION_NEEDS_RECONNECT: 'die Verbindung zu Ninox muss neu verbunden werden',
  RUN_STOPPED: 'die Antwort wurde angehalten, bevor der Aufruf gemacht war',
  BUDGET_EXCEEDED: 'eine Grenze dieser Persona ist aufgebraucht',
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

/** A person stands behind these, or a time that has passed: only the service can say who, why and since when. */
const toldByService: readonly (string | null)[] = ['APPROVAL_DENIED', 'APPROVAL_INVALID', 'BUDGET_EXCEEDED'];
const maxToldCharacters = 800;

/** What the service said of a refusal, quoted; empty where the reason says it all. */
export function toldOf({ code, message }: Refusal, language: Language): string {
  if (!toldByService.includes(code)) return '';
  const told = plain(message, maxToldCharacters);
  return language === 'de' ? ` Der Dienst sagt dazu: „${told}“` : ` The service says: “${told}”`;
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
