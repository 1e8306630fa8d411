/** Spanish: the texts of ../en/second-factor.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Verificación en dos pasos',
  lead: 'Con la verificación en dos pasos, una contraseña sola no abre su cuenta: también se le pide un código que muestra una aplicación de su teléfono. Una clave de acceso no necesita código.',
  off: 'Está desactivada.',
  since: 'Activada desde',
  lastUsed: 'Último código usado',
  never: 'todavía ninguno',
  recoveryCodes: 'Códigos de recuperación',
  left: (count) => (count === 1 ? 'Queda uno.' : `Quedan ${count}.`),
  few: 'Cree nuevos códigos de recuperación antes de que se le acaben.',
  add: 'Configurar',
  replace: 'Usar otra aplicación u otro teléfono',
  newCodes: 'Crear nuevos códigos de recuperación',
  remove: 'Desactivar',
  required: (email) => [
    'Este servidor exige la verificación en dos pasos para ',
    email,
    '. Configúrela ahora; se tarda un minuto. Si tiene una clave de acceso, inicie sesión con ella.',
  ],
  /** Browsers in which no code is asked for. */
  browsers: {
    title: 'Navegadores recordados',
    lead: 'Al iniciar sesión en uno de estos navegadores no se pide ningún código. Un navegador olvidado sigue con la sesión iniciada: ciérrela en la página de sus sesiones.',
    since: 'Recordado',
    lastUsed: 'Último inicio de sesión sin código',
    until: 'Hasta',
    forget: (device) => `Olvidar ${device}`,
    forgetAll: 'Olvidar todos los navegadores',
  },
  adding: {
    title: 'Configurar la verificación en dos pasos',
    install: 'Abra una aplicación de autenticación en su teléfono y escanee esta imagen con ella.',
    picture: 'Un código QR con la clave para su aplicación',
    byHand: 'Si no puede escanearla, añada en su aplicación una cuenta con esta clave:',
    replaces: 'La aplicación que usa hasta ahora y sus códigos de recuperación dejarán de funcionar.',
    code: 'Código de la aplicación',
    codeHint: 'Los 6 dígitos que su aplicación muestra ahora.',
    submit: 'Activar',
    wrong:
      'Ese código no es correcto. Compruebe que la hora de su teléfono se ajusta automáticamente y escriba el código que la aplicación muestra ahora.',
    tooOld: 'Ha tardado demasiado. Escanee la nueva imagen.',
  },
  codes: {
    title: 'Sus códigos de recuperación',
    what: 'La verificación en dos pasos está activada. Si pierde su teléfono, cada uno de estos códigos inicia su sesión una vez, en lugar de un código de la aplicación.',
    keep: 'Imprímalos o guárdelos en su gestor de contraseñas. No se vuelven a mostrar.',
    done: 'Los he guardado',
  },
  renewing: {
    question: '¿Crear nuevos códigos de recuperación?',
    what: 'Los anteriores dejarán de funcionar.',
    submit: 'Crear',
    back: 'Conservar los anteriores',
  },
  removing: {
    question: '¿Desactivar la verificación en dos pasos?',
    what: 'Entonces su contraseña bastará para abrir su cuenta, para usted y para cualquiera que la conozca. Sus códigos de recuperación dejarán de funcionar.',
    submit: 'Desactivar',
    back: 'Mantener activada',
  },
  signIn: {
    title: 'Escriba su código',
    lead: (email) => ['La verificación en dos pasos está activada para ', email, '.'],
    code: 'Código',
    codeHint: 'Los 6 dígitos que muestra su aplicación de autenticación. Cada código funciona una vez.',
    remember: (days) =>
      days === 1
        ? 'No pedir un código en este navegador durante un día'
        : `No pedir un código en este navegador durante ${days} días`,
    rememberHint: 'Solo en un dispositivo que nadie más utilice. Para cambiar su cuenta siempre se pedirá un código.',
    submit: 'Continuar',
    passkey: 'Usar una clave de acceso en su lugar',
    noApp: 'No tengo mi teléfono',
    recoveryCode: 'Código de recuperación',
    recoveryHint:
      'Uno de los que guardó al configurar la verificación en dos pasos. Si no tiene ninguno, consulte a su administrador.',
    submitRecovery: 'Usar el código de recuperación',
    wrong: 'Ese código no es correcto o ya se ha usado. Espere hasta que su aplicación muestre otro.',
    wrongRecovery: 'Ese código de recuperación no es correcto o ya se ha usado.',
  },
} satisfies Texts['secondFactor'];
