// The way in: a name or a token, and a room.

import { byId } from './dom.js';

export class WelcomeView {
  #enter;

  /** @param {Function} enter  called with {name, auth, room} */
  constructor(enter) {
    this.#enter = enter;
    byId('welcome-host').textContent = location.host;
    byId('welcome-form').onsubmit = (event) => {
      event.preventDefault();
      this.#submit();
    };
  }

  show({ name = '', room = '', error = '' } = {}) {
    byId('welcome').hidden = false;
    byId('app').hidden = true;
    if (name) byId('welcome-name').value = name;
    if (room) byId('welcome-room').value = room;
    this.#complain(error);
    if (/token/i.test(error)) byId('welcome-token-box').open = true;
    byId(byId('welcome-token-box').open ? 'welcome-token' : 'welcome-name').focus();
  }

  hide() {
    byId('welcome').hidden = true;
    byId('app').hidden = false;
  }

  #submit() {
    const token = byId('welcome-token').value.trim();
    const name = byId('welcome-name').value.trim() || nameInToken(token);
    const room = byId('welcome-room').value.trim().replace(/^#/, '') || 'lobby';
    if (!name) {
      this.#complain(token ? 'That is not a token this page can read.' : 'Please say who you are: any name will do.');
      return byId('welcome-name').focus();
    }
    this.#enter({ name: token ? nameInToken(token) || name : name, auth: token ? { token } : { userId: name }, room });
  }

  #complain(sentence) {
    byId('welcome-error').textContent = sentence;
    byId('welcome-error').hidden = sentence === '';
  }
}

/** The user a JWT speaks of, only to show it: the server is the one who checks. */
function nameInToken(token) {
  try {
    const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0))));
    return String(claims.userId ?? claims.sub ?? '');
  } catch {
    return '';
  }
}
