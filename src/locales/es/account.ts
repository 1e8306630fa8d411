/** Spanish: the texts of ../en/account.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Su cuenta',
  navigation: 'Páginas de su cuenta',
  withRoles: (name, roles) => `${name} · ${roles.join(', ')}`,
  signOut: 'Cerrar sesión',
  sections: {
    overview: { label: 'Resumen', action: 'Su cuenta' },
    profile: { label: 'Perfil', action: 'Editar su perfil' },
    email: { label: 'Correo electrónico', action: 'Cambiar la dirección' },
    password: { label: 'Contraseña', action: 'Elegir otra contraseña' },
    passkeys: { label: 'Claves de acceso', action: 'Gestionar las claves de acceso' },
    factor: { label: 'Verificación en dos pasos', action: 'Gestionar la verificación en dos pasos' },
    methods: { label: 'Métodos de inicio de sesión', action: 'Gestionar los métodos de inicio de sesión' },
    sessions: { label: 'Navegadores', action: 'Gestionar los navegadores' },
    applications: { label: 'Aplicaciones', action: 'Gestionar los accesos' },
    connected: { label: 'Cuentas conectadas', action: 'Gestionar las cuentas conectadas' },
    keys: { label: 'Claves de API', action: 'Gestionar las claves de API' },
    data: { label: 'Sus datos', action: 'Descargar o eliminar' },
    console: { label: 'Consola', action: 'Abrir la consola' },
  },
  begin: {
    email: 'Confirmar la dirección',
    password: 'Elegir una contraseña',
    passkeys: 'Añadir una clave de acceso',
    factor: 'Configurar la verificación en dos pasos',
    keys: 'Crear una clave',
  },
  states: {
    confirmed: (email) => `${email} (confirmada)`,
    notConfirmed: 'Sin confirmar',
    passwordSet: (day) => ['Establecida el ', day],
    noPassword: 'No tiene contraseña.',
    passwordsDisabled: 'Las contraseñas están desactivadas aquí.',
    passkeys: (count) =>
      count === 0
        ? 'Todavía ninguna: inicie sesión con su huella, su rostro o el PIN de su dispositivo.'
        : count === 1
          ? 'Una clave de acceso'
          : `${count} claves de acceso`,
    factorOn: (day) => ['Activada desde el ', day],
    factorOff: 'Desactivada: su contraseña basta para abrir su cuenta.',
    noMethods: 'Ninguna cuenta de otro servicio le permite iniciar sesión.',
    sessions: (count) =>
      count <= 1 ? 'Sesión iniciada solo en este navegador' : `Sesión iniciada en ${count} navegadores`,
    applications: (count) =>
      count === 0
        ? 'Ninguna aplicación puede usar su cuenta.'
        : count === 1
          ? 'Una aplicación tiene acceso.'
          : `${count} aplicaciones tienen acceso.`,
    noConnections: 'No hay ninguna cuenta de otro servicio conectada.',
    reconnect: 'Es necesario volver a conectar',
    accountAt: (account, service) => `${account} en ${service}`,
    andOthers: (account, others) => `${account} y ${others} más`,
    noKeys: 'No tiene ninguna clave.',
    keys: (count, day) => [count === 1 ? 'Una clave, caduca el ' : `${count} claves, la próxima caduca el `, day],
    data: 'Una copia de todo lo que está guardado sobre usted.',
    deletion: 'Se eliminará',
    deletionDue: (day) => ['Su cuenta se eliminará el ', day],
  },
  done: {
    profile: 'Su perfil se ha guardado.',
    password: 'Su contraseña se ha cambiado. La sesión se ha cerrado en sus otros navegadores.',
    'mail-sent': 'Hemos enviado un enlace a esa dirección. Ábralo para confirmarla.',
    'passkey-added': 'La clave de acceso está lista. A partir de ahora puede iniciar sesión con ella.',
    'passkey-renamed': 'La clave de acceso tiene su nuevo nombre.',
    'passkey-removed': 'La clave de acceso se ha quitado. Quizá quiera borrarla también de su dispositivo.',
    'factor-removed': 'La verificación en dos pasos está desactivada.',
    'browser-forgotten': 'Ese navegador pedirá un código en el próximo inicio de sesión.',
    'browsers-forgotten': 'Cada navegador pedirá un código en el próximo inicio de sesión.',
    'account-linked': 'La cuenta está vinculada. A partir de ahora puede iniciar sesión con ella.',
    'account-unlinked': 'La cuenta ya no está vinculada y no permite iniciar sesión.',
    'session-ended': 'Se ha cerrado la sesión en ese navegador.',
    'sessions-ended': 'Se ha cerrado la sesión en todos los demás navegadores.',
    'sessions-end': 'La sesión se cerrará en todos los demás navegadores en unos minutos.',
    withdrawn: 'La aplicación ya no puede usar su cuenta.',
    'scope-withdrawn': 'La aplicación ya no tiene ese permiso.',
    'account-kept': 'Su cuenta se conserva.',
    'key-revoked': 'La clave ya no funciona.',
  },
} satisfies Texts['account'];
