// coreos/go-oidc 2 and x/oauth2 by their defaults: go run go_oidc_client.go ISSUER CLIENT_ID CLIENT_SECRET
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"net/url"
	"os"
	"time"

	"github.com/coreos/go-oidc"
	"golang.org/x/oauth2"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	ctx := context.Background()
	issuer, clientID, clientSecret := os.Args[1], os.Args[2], os.Args[3]
	provider, err := oidc.NewProvider(ctx, issuer)
	check(err)
	config := oauth2.Config{
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Endpoint:     provider.Endpoint(),
		RedirectURL:  "http://localhost:3999/callback",
		Scopes:       []string{oidc.ScopeOpenID, oidc.ScopeOfflineAccess, "profile", "email"},
	}
	verifier := "a-code-verifier-of-forty-three-characters-or-more"
	digest := sha256.Sum256([]byte(verifier))
	fmt.Println("authorize " + config.AuthCodeURL("a state", oidc.Nonce("a nonce"),
		oauth2.SetAuthURLParam("code_challenge", base64.RawURLEncoding.EncodeToString(digest[:])),
		oauth2.SetAuthURLParam("code_challenge_method", "S256")))
	line := bufio.NewScanner(os.Stdin)
	line.Scan()
	callback, err := url.Parse(line.Text())
	check(err)
	token, err := config.Exchange(ctx, callback.Query().Get("code"), oauth2.SetAuthURLParam("code_verifier", verifier))
	check(err)
	raw, _ := token.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: clientID}).Verify(ctx, raw)
	check(err)
	check(idToken.VerifyAccessToken(token.AccessToken))
	var claims struct {
		Email string `json:"email"`
	}
	check(idToken.Claims(&claims))
	userInfo, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	check(err)
	expired := &oauth2.Token{RefreshToken: token.RefreshToken, Expiry: time.Now().Add(-time.Hour)}
	refreshed, err := config.TokenSource(ctx, expired).Token()
	check(err)
	check(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"state":     callback.Query().Get("state"),
		"nonce":     idToken.Nonce,
		"email":     claims.Email,
		"userInfo":  userInfo.Subject == idToken.Subject,
		"refreshed": refreshed.AccessToken != token.AccessToken && refreshed.RefreshToken != "",
	}))
}
