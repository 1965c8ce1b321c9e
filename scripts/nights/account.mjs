// @ts-check
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { keysOf } from './plan.mjs';

/**
 * The account of a sequence: an emulator, its key, and agents who edit contacts.
 */
export class Account {
  key = 'demo-key';
  /** Whether an agent edited a contact while the last process ran. */
  hasEdited = false;
  /** @type {any} */
  #emulator;
  #options;
  #start;
  /** @type {Map<number, any>} Contacts as they began: what no file sets stays. */
  #begin = new Map();

  /** @param {(options: any) => Promise<any>} start @param {{ seed: number, latencyMs: readonly [number, number] }} options */
  constructor(start, options) {
    this.#start = start;
    this.#options = options;
  }

  /** @param {string} checkout @param {number} contacts @param {{ seed: number, latencyMs: readonly [number, number] }} options */
  static async open(checkout, contacts, options) {
    const { startEmulator } = await import(join(checkout, 'build/emulator/emulator.js'));
    const account = new Account(startEmulator, options);
    const list = Array.from({ length: contacts }, (_, i) => ({
      id: i + 1,
      name: `Contact ${i + 1}`,
      email: keysOf(i + 1).email,
      identifier: keysOf(i + 1).keys,
      custom_attributes: { kept: i },
    }));
    await account.#begins(list, 0);
    for (const { id } of list) account.#begin.set(id, account.#emulator.contact(id));
    return account;
  }

  get url() {
    return this.#emulator.url;
  }

  get ids() {
    return [...this.#begin.keys()];
  }

  /** @returns {readonly { contactId: number, body: any }[]} Writes since the last {@link watch}. */
  get writes() {
    return this.#emulator.journal;
  }

  /** @returns {number} Requests since the last {@link watch}. */
  get requests() {
    return this.#emulator.requests.length;
  }

  /** Counts anew. */
  watch() {
    this.#emulator.reset();
    this.hasEdited = false;
  }

  /** @param {import('./plan.mjs').Edit} edit */
  edit({ contact, field, value }) {
    this.hasEdited = true;
    const change = field === 'plan' ? { custom_attributes: { plan: value } } : { [field]: value };
    this.#emulator.edit(contact, change);
  }

  /** The fields that files set. @param {number} id @returns {import('./plan.mjs').Values} */
  held(id) {
    const { name, phone_number, custom_attributes, email } = this.#emulator.contact(id);
    return {
      name: name ?? '',
      phone_number: phone_number ?? '',
      plan: custom_attributes.plan ?? '',
      email: email ?? '',
    };
  }

  /** Whether all else of a contact is as it began. @param {number} id */
  isKept(id) {
    return isDeepStrictEqual(restOf(this.#emulator.contact(id)), restOf(this.#begin.get(id)));
  }

  /** The same contacts at the same address, by another key. */
  async changeKey() {
    const list = this.ids.map((id) => this.#emulator.contact(id));
    const { port } = this.#emulator;
    await this.#emulator.close();
    this.key = `${this.key}-next`;
    await this.#begins(list, port);
  }

  async close() {
    await this.#emulator?.close();
  }

  // --- internal ---

  /** @param {readonly any[]} contactList @param {number} port */
  async #begins(contactList, port) {
    const unlimited = { limit: null, searchLimit: null };
    const options = { ...this.#options, ...unlimited, contacts: 0, contactList, port, apiKey: this.key };
    this.#emulator = await this.#start(options);
  }
}

/** @param {any} contact */
function restOf({ identifier, blocked, additional_attributes, custom_attributes }) {
  const { plan: _plan, ...custom } = custom_attributes;
  return { identifier, blocked, additional_attributes, custom };
}
