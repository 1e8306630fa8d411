/** Spanish: the texts of ../en/device.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Conectar un dispositivo',
  code: 'El código que muestra su dispositivo',
  codeHint: 'Ocho letras; sirven las minúsculas.',
  submit: 'Continuar',
  unknown: 'Ningún dispositivo tiene este código. Compruébelo; también puede haber caducado.',
  ask: {
    title: (name) => `¿Conectar ${name}?`,
    question: (name) => ['¿Conectar ', name, ' con su cuenta?'],
    careful: (code) => [
      'Asegúrese de que su dispositivo muestra el código ',
      code,
      ' y de que ha iniciado esto usted mismo. Si otro usuario le ha enviado este enlace, elija «Denegar».',
    ],
  },
  allowed: {
    title: 'Conectado',
    what: (name) => [
      name,
      ' está conectado con su cuenta. Vuelva a su dispositivo: continúa automáticamente en unos segundos.',
    ],
  },
  denied: {
    title: 'No conectado',
    what: (name) => ['Se ha comunicado a ', name, ' que usted no ha aceptado.'],
  },
  close: 'Puede cerrar esta página.',
  over: {
    title: 'Este código ya no es válido',
    what: 'El código ha caducado o ya se ha respondido.',
    how: 'Si su dispositivo sigue esperando, haga que muestre un código nuevo.',
    type: 'Escribir un código',
  },
} satisfies Texts['device'];
