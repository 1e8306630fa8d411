/** Codes and devices that wait, in the console. */
export const consoleWaiting = {
  codes: {
    title: 'Waiting codes',
    lead: 'A person said yes, and the application has not fetched its tokens yet. A code waits a minute or so, and is good once; the code itself is nowhere. A list may be some seconds old.',
    toDevices: 'Devices',
    column: { client: 'Client', person: 'Person', scopes: 'Scopes', ends: 'Ends', end: 'End it' },
    end: 'End it…',
    asking: {
      heading: 'End this code?',
      what: 'The application cannot redeem it any more: it must ask the person again. If it was redeemed meanwhile, what came of it ends.',
      submit: 'End the code',
    },
  },
  devices: {
    title: 'Devices',
    lead: 'Devices and commands without a browser that wait for a person to type their code, or have been answered and not come back yet.',
    toCodes: 'Waiting codes',
    column: { client: 'Client', scopes: 'Scopes', state: 'State', person: 'Person', ends: 'Ends', end: 'End it' },
    states: { pending: 'waits for a person', allowed: 'allowed', denied: 'denied' } as Record<string, string>,
    end: 'End it…',
    asking: {
      heading: 'End the code of this device?',
      what: 'Nobody can allow it by this code any more: the device must begin anew.',
      submit: 'End the code',
    },
  },
};
