/** French: the texts of ../en/messages.ts. */
import type { ErrorSentences } from '../en/index.ts';

export default {
  'too many mails were requested: please wait {1} seconds.':
    'Trop d’e-mails ont été demandés : veuillez patienter {1} secondes.',
  'this account was disabled, or its password changed, meanwhile.':
    'Ce compte a entre-temps été désactivé, ou son mot de passe a été changé.',
  'this account is being deleted.': 'Ce compte est en cours de suppression.',
  'accounts are created by the administrator of this server.':
    'Les comptes sont créés par l’administrateur de ce serveur.',
  'you have no such passkey.': 'Vous n’avez pas cette clé d’accès.',
  'too many passkeys were tried from your network in the last minute.':
    'Trop de clés d’accès ont été essayées depuis votre réseau au cours de la dernière minute.',
  'too much data was sent from your network in the last minute.':
    'Trop de données ont été envoyées depuis votre réseau au cours de la dernière minute.',
  'too much data was sent to this server in the last minute.':
    'Trop de données ont été envoyées à ce serveur au cours de la dernière minute.',
  'there is no such social login.': 'Ce service de connexion n’existe pas ici.',
  'no such account is linked to yours.': 'Aucun compte de ce type n’est lié au vôtre.',
  'the directory that this account belongs to may not sign in here':
    'l’annuaire auquel ce compte appartient n’est pas autorisé à se connecter ici',
  'this form was made for another session: you may have signed in again since. Please reload the page.':
    'Ce formulaire appartient à une autre session : vous vous êtes peut-être reconnecté depuis. Veuillez recharger la page.',
  'this form was opened at {1}, but the address of this server is {2}: open it there.':
    'Ce formulaire a été ouvert à l’adresse {1}, mais l’adresse de ce serveur est {2} : ouvrez-le là.',
  'this form was sent by another site, so it was refused: open the form at {1}.':
    'Ce formulaire a été envoyé par un autre site et donc refusé : ouvrez-le à l’adresse {1}.',
  'this form was not issued by this server, or is incomplete.':
    'Ce formulaire ne provient pas de ce serveur, ou il est incomplet.',
  'this form is not one of ours, or it was not sent whole.':
    'Ce formulaire n’est pas l’un des nôtres, ou il n’a pas été envoyé en entier.',
  'there is nothing at this address.': 'Il n’y a rien à cette adresse.',
  'the playground is disabled.': 'Le playground est désactivé.',
  'this endpoint is disabled.': 'Ce point de terminaison est désactivé.',
  'use {1} here.': 'Utilisez {1} ici.',
  'Something went wrong here.': 'Un problème est survenu ici.',
  'The server cannot reach its storage right now. Nothing was changed; please send the request again.':
    'Le serveur ne peut pas accéder à ses données pour le moment. Rien n’a été modifié ; veuillez renvoyer la demande.',
  'the body must be application/x-www-form-urlencoded.':
    'Le corps doit être de type application/x-www-form-urlencoded.',
  'the body is larger than {1} bytes.': 'Le corps dépasse {1} octets.',
  'the body is not valid UTF-8.': 'Le corps n’est pas de l’UTF-8 valide.',
  '{1} is given more than once.': '{1} est indiqué plusieurs fois.',
  '{1} is missing.': '{1} manque.',
  'there are too many parameters.': 'Il y a trop de paramètres.',
  'a parameter is not valid percent-encoded UTF-8.': 'Un paramètre n’est pas de l’UTF-8 valide encodé en pourcentage.',
  'a parameter contains a control character.': 'Un paramètre contient un caractère de contrôle.',
  'no client with this client_id exists.': 'Aucun client n’a ce client_id.',
  'too many requests for unknown clients from your network.':
    'Trop de demandes concernant des clients inconnus proviennent de votre réseau.',
  'this client is disabled.': 'Ce client est désactivé.',
  'an administrator refused this client.': 'Un administrateur a refusé ce client.',
  'this client awaits the approval of an administrator.': 'Ce client attend l’approbation d’un administrateur.',
  'an administrator has not approved this application yet.':
    'Un administrateur n’a pas encore approuvé cette application.',
  'this client is not registered for the grant type {1}.': 'Ce client n’est pas enregistré pour le type d’octroi {1}.',
  'client_id cannot be the URL of a metadata document: {1}.':
    'client_id ne peut pas être l’URL d’un document de métadonnées : {1}.',
  'the metadata document of this client is invalid: {1}.':
    'Le document de métadonnées de ce client n’est pas valide : {1}.',
  'redirect_uri is missing.': 'redirect_uri manque.',
  'redirect_uri cannot be used: {1}': 'redirect_uri ne peut pas être utilisé : {1}',
  'its client_id is not its URL': 'son client_id n’est pas son URL',
  'it has {1}, which must not be public': 'il contient {1}, qui ne doit pas être public',
  'it is not a URL': 'ce n’est pas une URL',
  'it is not an absolute URI.': 'ce n’est pas une URI absolue.',
  'it holds a character that a URI cannot have.': 'il contient un caractère interdit dans une URI.',
  'it must not have a fragment.': 'il ne doit pas avoir de fragment.',
  'it must not hold a user name or password.': 'il ne doit contenir ni nom d’utilisateur ni mot de passe.',
  'http is only for loopback (http://127.0.0.1, http://[::1], http://localhost); use https.':
    'http n’est permis que pour la boucle locale (http://127.0.0.1, http://[::1], http://localhost) ; utilisez https.',
  'redirect_uri is not registered for this client.': 'redirect_uri n’est pas enregistré pour ce client.',
  'redirect_uri is no longer registered for this client.': 'redirect_uri n’est plus enregistré pour ce client.',
  'response_type must be {1}.': 'response_type doit être {1}.',
  '{1} must be one of: {2}.': '{1} doit être l’une de ces valeurs : {2}.',
  'this request is longer than 6 KB. The application must push it (PAR, RFC 9126), or send a shorter one.':
    'Cette demande dépasse 6 Ko. L’application doit la transmettre au préalable (PAR, RFC 9126), ou en envoyer une plus courte.',
  'this request is too long for an authorization code. Push it (PAR, RFC 9126), or use a shorter nonce, redirect URI, or fewer scopes, resources and claims.':
    'Cette demande est trop longue pour un code d’autorisation. L’application doit la transmettre au préalable (PAR, RFC 9126), ou raccourcir nonce, URI de redirection, portées, ressources et revendications.',
  'this request must be pushed first (PAR, RFC 9126).':
    'Cette demande doit être transmise au préalable (PAR, RFC 9126).',
  'request objects are not supported.': 'Les objets de requête ne sont pas pris en charge.',
  'request_uri is not supported.': 'request_uri n’est pas pris en charge.',
  'request_uri is unknown, expired, or was already used.': 'request_uri est inconnu, a expiré ou a déjà été utilisé.',
  'the parameter registration is not supported.': 'Le paramètre registration n’est pas pris en charge.',
  'code_challenge is missing: PKCE is required for this client.':
    'code_challenge manque : PKCE est exigé pour ce client.',
  'code_challenge is missing.': 'code_challenge manque.',
  'code_challenge_method must be S256.': 'code_challenge_method doit être S256.',
  'code_challenge must be the base64url of a SHA-256 digest, 43 characters.':
    'code_challenge doit être une empreinte SHA-256 en base64url, de 43 caractères.',
  'PKCE is now required for this client, and the request had no code_challenge.':
    'PKCE est désormais exigé pour ce client, et la demande n’avait pas de code_challenge.',
  'dpop_jkt must be the base64url of a SHA-256 thumbprint, 43 characters.':
    'dpop_jkt doit être l’empreinte SHA-256 d’une clé en base64url, de 43 caractères.',
  'prompt=none cannot be combined with another prompt.': 'prompt=none ne peut pas être combiné avec une autre valeur.',
  'max_age must be a number of seconds.': 'max_age doit être un nombre de secondes.',
  'id_token_hint is not an id_token of this server.': 'id_token_hint n’est pas un id_token de ce serveur.',
  'id_token_hint was issued to another client.': 'id_token_hint a été émis pour un autre client.',
  'claims is not JSON.': 'claims n’est pas du JSON.',
  'claims, at {1}, is not a request for claims (OpenID Connect Core section 5.5).':
    'claims n’est pas, à l’endroit {1}, une demande de revendications (OpenID Connect Core, section 5.5).',
  'claims is not a request for claims (OpenID Connect Core section 5.5).':
    'claims n’est pas une demande de revendications (OpenID Connect Core, section 5.5).',
  'scope holds a character that a scope cannot have (RFC 6749 section 3.3).':
    'scope contient un caractère interdit dans une portée (RFC 6749, section 3.3).',
  'none of the requested scopes exists at the resource and is allowed for this client.':
    'Aucune des portées demandées n’existe pour la ressource et n’est permise à ce client.',
  'none of the approved scopes is still allowed.': 'Aucune des portées approuvées n’est encore permise.',
  'resource must be an absolute URI without a fragment, and not too long.':
    'resource doit être une URI absolue, sans fragment et pas trop longue.',
  'resource is not known to this server.': 'resource est inconnu de ce serveur.',
  'the application was changed just now: try again.': 'L’application vient d’être modifiée : réessayez.',
  'language must be one of those of this server.': 'language doit être l’une des langues de ce serveur.',
  'this needs a sign-in with a second factor now: the user must authorize again.':
    'Une connexion avec un second facteur est désormais exigée : l’utilisateur doit autoriser de nouveau.',
  'the user denied the request.': 'L’utilisateur a refusé la demande.',
  'the user is not signed in, or not recently enough.': 'L’utilisateur n’est pas connecté, ou pas assez récemment.',
  'the user may not use this application.': 'L’utilisateur n’est pas autorisé à utiliser cette application.',
  'another user signed in than the requested one.': 'Un autre utilisateur que celui demandé s’est connecté.',
  'the user could not authenticate as acr requires.': 'L’utilisateur n’a pas pu s’authentifier comme acr l’exige.',
  'the session has ended.': 'La session est terminée.',
  '{1} is only for users with the role {2}.': '{1} est réservé aux utilisateurs ayant le rôle {2}.',
  'too many wrong codes: please wait {1} seconds and try again.':
    'Trop de codes erronés : veuillez patienter {1} secondes et réessayer.',
  'client_id is not the client that id_token_hint was issued to.':
    'client_id n’est pas le client pour lequel id_token_hint a été émis.',
  'post_logout_redirect_uri needs an id_token_hint or a client_id.':
    'post_logout_redirect_uri nécessite id_token_hint ou client_id.',
  'post_logout_redirect_uri is not registered for this client.':
    'post_logout_redirect_uri n’est pas enregistré pour ce client.',
  'there is no such page.': 'Cette page n’existe pas ici.',
  'there is no such connected app.': 'Cette application associée n’existe pas ici.',
  'this account may not connect this application.': 'Ce compte n’est pas autorisé à associer cette application.',
  'return_to is neither a path of this server nor an origin that is allowed.':
    'return_to n’est ni un chemin de ce serveur ni une origine autorisée.',
  '{1} refused, {2} ({3})': '{1} a refusé : {2} ({3})',
  'access was refused there': 'l’accès y a été refusé',
  'the access has expired or was revoked there': 'l’accès a expiré ou y a été révoqué',
  'it does not accept the credentials of this server': 'les identifiants de ce serveur n’y sont pas acceptés',
  'it does not allow this server to do that': 'ce serveur n’y est pas autorisé',
  'it does not support this grant type': 'ce type d’octroi n’y est pas pris en charge',
  'it does not know the requested scopes, or does not allow them':
    'les portées demandées y sont inconnues ou interdites',
  'it did not understand the request': 'la demande n’y a pas été comprise',
  'it issues no tokens for the requested resource': 'aucun jeton n’y est émis pour la ressource demandée',
  'it requires a new nonce each time': 'un nouveau nonce y est exigé à chaque fois',
  'it does not accept the proof that this server holds the key':
    'la preuve que ce serveur détient la clé n’y est pas acceptée',
  'it does not support the authorization code flow': 'le flux par code d’autorisation n’y est pas pris en charge',
  'something went wrong there': 'un problème y est survenu',
  'it is overloaded or in maintenance': 'le service est surchargé ou en maintenance',
  'it requires you to sign in there': 'vous devez vous y connecter',
  'it requires your consent again': 'vous devez y donner de nouveau votre consentement',
  'it requires an action of yours there': 'une action de votre part y est nécessaire',
  'for another reason': 'pour une autre raison',
  '{1} sent an answer that cannot be used: {2} without {3}': '{1} a envoyé une réponse inutilisable : {2} sans {3}',
  '{1} sent an answer that cannot be used': '{1} a envoyé une réponse inutilisable',
  '{1} answered {2} when it was asked who you are': '{1} a répondu {2} quand il lui a été demandé qui vous êtes',
  '{1} answered {2}, which is no error of OAuth': '{1} a répondu {2}, qui n’est pas une erreur d’OAuth',
  '{1} answered {2} instead of 200': '{1} a répondu {2} au lieu de 200',
  '{1} answered {2}': '{1} a répondu {2}',
  '{1} did not answer within {2} seconds': '{1} n’a pas répondu dans les {2} secondes',
  '{1} sent the content type {2}, which is not accepted': '{1} a envoyé le type de contenu {2}, qui n’est pas accepté',
  '{1} sent more than {2} bytes': '{1} a envoyé plus de {2} octets',
  '{1} cannot be fetched: {2}': '{1} ne peut pas être récupéré : {2}',
  '{1} did not say who you are there': '{1} n’a pas indiqué qui vous y êtes',
  '{1} did not say whose profile it sent (its userinfo has no sub)':
    '{1} n’a pas indiqué de qui est le profil envoyé (son userinfo n’a pas de sub)',
  '{1} named two different users': '{1} a nommé deux utilisateurs différents',
  '{1} sent something that is not JSON': '{1} a envoyé quelque chose qui n’est pas du JSON',
  '{1} sent userinfo that is not for this server': '{1} a envoyé un userinfo qui n’est pas destiné à ce serveur',
  '{1} sent {2} that cannot be verified': '{1} a envoyé quelque chose qui ne peut pas être vérifié ({2})',
  '{1} sent a token that is bound to a key (DPoP), which this server did not request':
    '{1} a envoyé un jeton lié à une clé (DPoP), que ce serveur n’a pas demandé',
  '{1} registered this server without a secret': '{1} a enregistré ce serveur sans secret',
  '{1} requires a new nonce each time': '{1} exige un nouveau nonce à chaque fois',
  '{1} accepts each code once, and the first attempt used this one. Please start again':
    '{1} accepte chaque code une seule fois, et la première tentative a utilisé celui-ci. Veuillez recommencer',
  '{1} does not support PKCE with S256, which is required': '{1} ne prend pas en charge PKCE avec S256, qui est exigé',
  '{1} names no authorization or no token endpoint':
    '{1} n’indique pas de point de terminaison d’autorisation ou de jeton',
  '{1} was called too often in the last minute': '{1} a été appelé trop souvent au cours de la dernière minute',
  'your network named too many addresses in the last minute':
    'votre réseau a indiqué trop d’adresses au cours de la dernière minute',
  'this answer belongs to another request': 'cette réponse correspond à une autre demande',
  'this answer does not come from {1}, where it was expected from':
    'cette réponse ne provient pas de {1}, comme elle aurait dû',
  'this answer was used before': 'cette réponse a déjà été utilisée',
  'the client secret of this server is missing': 'le secret client de ce serveur manque',
  'this server has no key that is accepted there': 'ce serveur n’a pas de clé qui y soit acceptée',
  'the application is connected through another server now': 'l’application passe désormais par un autre serveur',
  'it expired, and there is no refresh token': 'l’accès a expiré, et il n’y a pas de jeton d’actualisation',
  'its tokens cannot be read': 'les jetons ne peuvent pas être lus',
  'the provider has not been discovered': 'le fournisseur n’a pas encore été découvert',
  'it is disabled': 'le service est désactivé',
  '{1}: {2}': '{1} : {2}',
} satisfies ErrorSentences;
