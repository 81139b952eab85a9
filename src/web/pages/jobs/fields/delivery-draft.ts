import { newId } from '../../../api-client.ts';
import type { Delivery } from '../api.ts';

/** A place an answer goes to while it is written: everything as text. */
export interface DeliveryDraft {
  readonly key: string;
  readonly kind: Delivery['kind'];
  /** Empty: the service's own mail settings. */
  readonly connectionId: string;
  /** Addresses, with commas between them. */
  readonly to: string;
  readonly subject: string;
  readonly channel: string;
  readonly url: string;
}

/** What is wrong, by path. */
export type Problems = Readonly<Record<string, string>>;

export function newDelivery(kind: Delivery['kind'], subject = ''): DeliveryDraft {
  return { key: newId(), kind, connectionId: '', to: '', subject, channel: '', url: '' };
}

export function toDeliveryDraft(delivery: Delivery): DeliveryDraft {
  const blank = newDelivery(delivery.kind);
  switch (delivery.kind) {
    case 'inbox':
      return blank;
    case 'email':
      return {
        ...blank,
        connectionId: delivery.connectionId ?? '',
        to: delivery.to.join(', '),
        subject: delivery.subject,
      };
    case 'slack':
      return { ...blank, connectionId: delivery.connectionId, channel: delivery.channel };
    case 'webhook':
      return { ...blank, url: delivery.url };
  }
}

/** The place itself. What is missing in it is told by `deliveryProblems`. */
export function toDelivery(draft: DeliveryDraft): Delivery {
  switch (draft.kind) {
    case 'inbox':
      return { kind: 'inbox' };
    case 'email':
      return {
        kind: 'email',
        connectionId: draft.connectionId || null,
        to: addressesIn(draft.to),
        subject: draft.subject.trim(),
      };
    case 'slack':
      return { kind: 'slack', connectionId: draft.connectionId, channel: draft.channel.trim() };
    case 'webhook':
      return { kind: 'webhook', url: draft.url.trim() };
  }
}

export function addressesIn(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((address) => address.toLowerCase())
    .filter((address) => address !== '');
}

/** What can be told before the service is asked, by the field's name. */
export function deliveryProblems(draft: DeliveryDraft): Problems {
  const found: Record<string, string> = {};
  if (draft.kind === 'email') {
    const addresses = addressesIn(draft.to);
    const wrong = addresses.find((address) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address));
    if (addresses.length === 0) found.to = 'Write at least one e-mail address.';
    else if (wrong !== undefined) found.to = `“${wrong}” is no e-mail address.`;
    if (draft.subject.trim() === '') found.subject = 'Give the e-mail a subject.';
  }
  if (draft.kind === 'slack') {
    if (draft.connectionId === '') found.connectionId = 'Choose a workspace.';
    if (!/^[CDGU][A-Z0-9]{2,30}$/.test(draft.channel.trim()))
      found.channel = 'Choose a channel, or write the id of a channel or a person, such as C0123ABC456.';
  }
  if (draft.kind === 'webhook' && !/^https?:\/\/\S+$/.test(draft.url.trim()))
    found.url = 'Write an address such as https://example.com/hook.';
  return found;
}

/** What is wrong inside one setting, without its name. */
export function problemsIn(problems: Problems, id: string): Problems {
  return Object.fromEntries(
    Object.entries(problems).flatMap(([path, problem]) =>
      path.startsWith(`${id}.`) ? [[path.slice(id.length + 1), problem]] : [],
    ),
  );
}
