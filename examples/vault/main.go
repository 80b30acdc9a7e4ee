// Command vault shows a program that encrypts with AWS KMS at work on kmsfake:
// it keeps the secrets of two tenants in a temporary file, replaces the key of
// one of them, and deletes the old key for good. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/examples/vault/store"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "vault:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "vault")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	path := filepath.Join(dir, "secrets.json")
	fake := kmsfake.New() // in production: kms.NewFromConfig(config)
	vault, err := store.Open(path, fake)
	if err != nil {
		return err
	}
	d := &demo{w: w, fake: fake, vault: vault, file: path, keys: map[string]string{}}
	for _, step := range []func(context.Context) error{
		d.keepSecrets, d.lookIntoTheFile, d.replaceKey, d.rewrap, d.deleteOldKey, d.shred,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

type demo struct {
	w     io.Writer
	fake  *kmsfake.Fake
	vault *store.Store
	file  string
	keys  map[string]string // the ARN of each tenant's newest key
	old   string            // the ARN of the key that acme had before
}

func (d *demo) keepSecrets(ctx context.Context) error {
	d.say("1. Two tenants, a KMS key each, found by alias:")
	for _, tenant := range []string{"acme", "globex"} {
		arn, err := d.newKey(ctx, tenant)
		if err != nil {
			return err
		}
		_, err = d.fake.CreateAlias(ctx, &kms.CreateAliasInput{
			AliasName: aws.String(store.Alias(tenant)), TargetKeyId: aws.String(arn),
		})
		if err != nil {
			return err
		}
		d.say("     %-18s -> %s", store.Alias(tenant), arn)
	}
	for _, s := range []struct{ tenant, name, secret string }{
		{"acme", "db-password", "correct horse"},
		{"acme", "api-token", "battery staple"},
		{"globex", "db-password", "tr0ub4dor"},
	} {
		if err := d.vault.Put(ctx, s.tenant, s.name, []byte(s.secret)); err != nil {
			return err
		}
	}
	return d.show(ctx, "acme")
}

func (d *demo) lookIntoTheFile(context.Context) error {
	data, err := os.ReadFile(d.file)
	if err != nil {
		return err
	}
	if strings.Contains(string(data), "correct horse") {
		return errors.New("a secret stands in the file as it is")
	}
	d.say("2. The file has %d bytes, and no secret can be read in it.", len(data))
	return nil
}

func (d *demo) replaceKey(ctx context.Context) error {
	d.old = d.keys["acme"]
	arn, err := d.newKey(ctx, "acme")
	if err != nil {
		return err
	}
	_, err = d.fake.UpdateAlias(ctx, &kms.UpdateAliasInput{
		AliasName: aws.String(store.Alias("acme")), TargetKeyId: aws.String(arn),
	})
	if err != nil {
		return err
	}
	if err := d.vault.Put(ctx, "acme", "tls-key", []byte("staple horse")); err != nil {
		return err
	}
	d.say("3. %s now refers to a new key, which the next secret is under; the others still open:", store.Alias("acme"))
	return d.show(ctx, "acme")
}

func (d *demo) rewrap(ctx context.Context) error {
	moved, err := d.vault.Rewrap(ctx, "acme")
	if err != nil {
		return err
	}
	d.say("4. ReEncrypt took %d data keys along to the new key:", moved)
	return d.show(ctx, "acme")
}

func (d *demo) deleteOldKey(ctx context.Context) error {
	if err := d.deleteKey(ctx, d.old); err != nil {
		return err
	}
	d.say("5. Eight days later the old key is deleted. Acme does not need it:")
	return d.show(ctx, "acme")
}

func (d *demo) shred(ctx context.Context) error {
	if err := d.deleteKey(ctx, d.keys["globex"]); err != nil {
		return err
	}
	_, err := d.vault.Get(ctx, "globex", "db-password")
	var notFound *types.NotFoundException
	if !errors.As(err, &notFound) {
		return fmt.Errorf("globex's key is deleted, but its secret gave %v", err)
	}
	d.say("6. Globex leaves, its key is deleted, and so its secrets are lost in every copy of the file:\n     %v", notFound)
	return nil
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.w, format+"\n", args...) }

// show opens every secret of a tenant and tells which key each is under.
func (d *demo) show(ctx context.Context, tenant string) error {
	for _, name := range d.vault.Names(tenant) {
		secret, err := d.vault.Get(ctx, tenant, name)
		if err != nil {
			return err
		}
		_, id, _ := strings.Cut(d.vault.KeyOf(tenant, name), "key/")
		d.say("     %s/%-12s %-16q under key %s", tenant, name, secret, id)
	}
	return nil
}

// newKey makes a KMS key for a tenant and returns its ARN.
func (d *demo) newKey(ctx context.Context, tenant string) (string, error) {
	out, err := d.fake.CreateKey(ctx, &kms.CreateKeyInput{Description: aws.String("secrets of " + tenant)})
	if err != nil {
		return "", err
	}
	d.keys[tenant] = aws.ToString(out.KeyMetadata.Arn)
	return d.keys[tenant], nil
}

// deleteKey deletes a key, and lets its waiting period of seven days pass.
func (d *demo) deleteKey(ctx context.Context, arn string) error {
	_, err := d.fake.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{
		KeyId: aws.String(arn), PendingWindowInDays: aws.Int32(7),
	})
	if err != nil {
		return err
	}
	d.fake.Advance(8 * 24 * time.Hour)
	return nil
}
