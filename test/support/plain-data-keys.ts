import { type DataKeys, type DataPlace, DataUnreadable } from '#vault/data-keys.ts';

/** Data that lies bound to its place, and readable: for tests that are not about encryption. */
export const plainDataKeys: DataKeys = {
  encrypt: async (place, text) => `${bindingOf(place)}\n${text}`,
  async decrypt(place, encrypted) {
    const binding = `${bindingOf(place)}\n`;
    if (!encrypted.startsWith(binding)) throw new DataUnreadable();
    return encrypted.slice(binding.length);
  },
};

function bindingOf({ organizationId, purpose, context }: DataPlace): string {
  return JSON.stringify([organizationId, purpose, context]);
}
