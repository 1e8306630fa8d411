/** Spanish: the texts of ../en/social-login.ts. */
import type { Texts } from '../en/index.ts';

export default {
  trouble: {
    title: (name) => `El inicio de sesión con ${name} no ha funcionado`,
    again: 'Volver al inicio de sesión',
    reference: 'Si pide ayuda, indique esta referencia: ',
    notBegun: 'Esto se inició en otro navegador o hace demasiado tiempo.',
    usedBefore: 'Esta respuesta ya se había usado. Inténtelo de nuevo.',
    somebodyElse:
      'Otro usuario inició esto en este navegador. Cierre la sesión, iníciela como ese usuario e inténtelo de nuevo.',
  },
  fresh: {
    cannot: (name) =>
      `Se le pide que vuelva a iniciar sesión, y ${name} no puede confirmar que lo hace. Use una clave de acceso, su contraseña o un enlace enviado por correo.`,
    untold: (name) =>
      `Se le pide que vuelva a iniciar sesión, y ${name} no indicó cuándo la inició allí. Use una clave de acceso, su contraseña o un enlace enviado por correo.`,
    tooOld: (name) =>
      `Se le pide que vuelva a iniciar sesión, pero ${name} usó una sesión anterior. Cierre la sesión allí e inténtelo de nuevo, o use otro método.`,
  },
  refusals: {
    disabled: {
      title: 'Esta cuenta está desactivada',
      what: () => 'El administrador de este servidor ha desactivado su cuenta aquí.',
      how: 'Consulte al administrador si cree que es un error.',
    },
    noEmail: {
      title: 'Hace falta una dirección de correo',
      what: (name) => `${name} no nos ha comunicado una dirección de correo suya, y una cuenta aquí la necesita.`,
      how: 'Permita que se comunique su dirección o añada una a su cuenta de allí. Después inténtelo de nuevo, o inicie sesión de otra manera.',
    },
    unverified: {
      title: 'Su dirección de correo no está confirmada',
      what: (name) => `${name} no ha verificado su dirección de correo.`,
      how: 'Confirme la dirección allí e inténtelo de nuevo. Si ya tiene una cuenta aquí, inicie sesión de otra manera y vincule después las dos en la página de su cuenta.',
    },
    denied: {
      title: 'No hay ninguna cuenta para usted aquí',
      what: (name) => `Ninguna cuenta de aquí corresponde a su cuenta de ${name}, y con ella no se puede crear una.`,
      how: 'Pida una cuenta al administrador de este servidor.',
    },
    invited: {
      title: 'No hay ninguna cuenta para usted aquí',
      what: (name) =>
        `Ninguna cuenta de aquí corresponde a su cuenta de ${name}. Los usuarios invitados pueden entrar con ella, con la dirección a la que se envió la invitación.`,
      how: 'Pida una invitación al administrador de este servidor.',
    },
  },
  prove: {
    title: 'Ya tiene una cuenta aquí',
    what: (email) => `Existe una cuenta con la dirección ${email}.`,
    why: (name) =>
      `Para asegurarnos de que es suya, inicie sesión en ella una vez. Después quedará vinculada y podrá iniciar sesión con ${name}.`,
    submit: 'Iniciar sesión en ella',
  },
  link: {
    title: (name) => `¿Vincular ${name}?`,
    what: (name, account) => `A partir de ahora, ${account} en ${name} inicia su sesión aquí.`,
    to: 'La cuenta de aquí',
    submit: 'Vincular',
    notNow: 'Ahora no',
    another: 'Usar otra cuenta',
    wrongUser: (email) => `Ha iniciado sesión como ${email}, que no es la cuenta prevista.`,
    tooOld: 'Ha tardado demasiado o se inició en otro navegador. Inténtelo de nuevo.',
  },
  taken: {
    title: 'Pertenece a otra cuenta de aquí',
    what: (name) => `Esta cuenta de ${name} está vinculada a otra cuenta de aquí.`,
    how: 'Si las dos cuentas son suyas, inicie sesión con ella y desvincúlela allí primero.',
  },
  full: 'No se ha podido vincular: tiene tantas cuentas vinculadas como puede tener un usuario aquí.',
  methods: {
    title: 'Métodos de inicio de sesión',
    lead: 'Cuentas en otros servicios que inician su sesión aquí.',
    none: 'Todavía ninguna cuenta de otro servicio inicia su sesión.',
    since: 'Desde',
    lastUsed: 'Último uso',
    off: 'El administrador lo ha desactivado.',
    link: (name) => `Vincular ${name}`,
    unlink: (name) => `Desvincular ${name}`,
    question: (name) => `¿Desvincular ${name}?`,
    ends: (name) => `Ya no podrá iniciar sesión con ${name}. Los navegadores con la sesión iniciada la mantienen.`,
    submit: 'Desvincular',
    back: 'Conservar',
    last: 'Es su único método para iniciar sesión. Elija antes una contraseña o añada una clave de acceso.',
  },
} satisfies Texts['socialLogin'];
