/** Spanish: the texts of ../en/consent.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: (name) => `¿Permitir ${name}?`,
  question: (name) => ['¿Permitir que ', name, ' use su cuenta?'],
  signedInAs: (email) => ['Ha iniciado sesión como ', email, '.'],
  another: 'Usar otra cuenta',
  allow: 'Permitir',
  deny: 'Denegar',
  wouldLikeTo: (name) => [name, ' quiere'],
  optional: '(opcional)',
  isNew: 'nuevo',
  stepUp: 'Ya ha concedido antes algunos permisos a esta aplicación. Lo que solicita además está marcado.',
  revoke: (link) => ['Puede revocarlo en cualquier momento, en su cuenta, en ', link('Aplicaciones con acceso'), '.'],
  nothingLeft: 'No queda nada que permitir. Marque al menos una casilla o elija «Denegar».',
  resources: (names) => ['Solicita acceso a ', names, '.'],
  destination: {
    web: 'Se le enviará a',
    local: 'Se le enviará a una aplicación de este ordenador, en',
    app: 'Se le enviará a la aplicación de este dispositivo que abre',
  },
  unchecked: {
    registered: 'Esta aplicación se ha registrado por sí misma. Nadie aquí ha comprobado que su nombre sea cierto.',
    described: (host) => `Nadie aquí ha comprobado esta aplicación. Su descripción procede de ${host}.`,
    goOn: 'Continúe solo si acaba de iniciar esto usted mismo.',
    goOnAt: (hosts) => `Continúe solo si acaba de iniciar esto usted mismo y confía en ${hosts.join(' y ')}.`,
    local: 'Se ejecuta en un ordenador, no en un sitio web: continúe solo si acaba de iniciarla en este.',
    app: 'Es una aplicación de un teléfono u ordenador: continúe solo si acaba de iniciar esto allí usted mismo.',
  },
  promises: (name) => ['Compromisos de ', name, ': '],
  privacyPolicy: 'política de privacidad',
  termsOfService: 'condiciones del servicio',
  goingBack: {
    title: 'Un momento',
    what: 'Se le está enviando de vuelta a la aplicación.',
    submit: 'Continuar',
  },
  leaving: {
    title: 'No ha funcionado',
    what: (name, why) => [name, ` ha enviado una solicitud no válida: ${why}`],
    unchecked: (host) =>
      `Nadie aquí ha comprobado esta aplicación. Puede cerrar esta página o volver a ${host} si acaba de venir de allí.`,
    submit: (host) => `Volver a ${host}`,
  },
  notForYou: {
    title: 'No para esta cuenta',
    what: (name, roles, email) => [
      name,
      ` es solo para usuarios con el rol ${roles.join(' o ')}. Su cuenta, ${email}, no lo tiene.`,
    ],
    how: 'Pida el rol a su administrador o use otra cuenta.',
  },
  waiting: {
    title: 'Todavía sin aprobar',
    what: (name) => [name, ' no se puede usar hasta que un administrador apruebe la aplicación.'],
    how: 'No se ha permitido nada. Los administradores ven que quiere usarla. Empiece de nuevo en la aplicación cuando esté aprobada.',
  },
  lookAgain: 'Ver la solicitud de nuevo',
  sessionChanged: {
    title: 'Ha cerrado la sesión o ha cambiado de cuenta',
    what: 'Desde que se mostró esta página, ha cerrado la sesión o la ha iniciado de nuevo, quizá en otra pestaña.',
    way: 'No se ha permitido nada. Puede ver la solicitud de nuevo con la cuenta que tiene ahora la sesión iniciada.',
  },
  tooOld: {
    title: 'Esta página ha estado abierta demasiado tiempo',
    what: 'La solicitud se mostró hace más de 15 minutos.',
    way: 'No se ha permitido nada. Puede ver la solicitud de nuevo.',
  },
  answered: {
    title: 'Ya ha respondido a esto',
    what: (name) => ['Su respuesta ya se envió a ', name, '.'],
    way: 'Vuelva a la aplicación. Si allí no funciona, empiece de nuevo o vea la solicitud otra vez.',
  },
} satisfies Texts['consent'];
