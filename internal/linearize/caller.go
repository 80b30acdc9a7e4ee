package linearize

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/anishathalye/porcupine"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

// grantee is who the grants are for.
const grantee = "arn:aws:iam::111122223333:role/grantee"

// callers call an AWS at the same time and note what they asked, what they were
// answered, and in which order calls began and ended.
type callers struct {
	api     kmsfake.API
	keys    [keyCount]string
	granted [keyCount]atomic.Pointer[string] // an id that CreateGrant answered
	clock   atomic.Int64
}

func newCallers(ctx context.Context, api kmsfake.API) (*callers, error) {
	c := &callers{api: api}
	for i := range c.keys {
		out, err := api.CreateKey(ctx, &kms.CreateKeyInput{})
		if err != nil {
			return nil, err
		}
		c.keys[i] = *out.KeyMetadata.KeyId
	}
	return c, nil
}

// history is what comes of many callers who make their requests at once. first, if
// it has an operation, is the first request of each.
func (c *callers) history(ctx context.Context, seed uint64, goroutines, requests int, first request) ([]porcupine.Operation, error) {
	histories, errs := make([][]porcupine.Operation, goroutines), make([]error, goroutines)
	begin := make(chan struct{})
	var all sync.WaitGroup
	for id := range goroutines {
		all.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(id)))
			<-begin
			for i := range requests {
				r := c.draw(random)
				if i == 0 && first.operation != "" {
					r = first
					r.key = id % keyCount
				}
				call := c.clock.Add(1)
				a, err := c.ask(ctx, r)
				if err != nil {
					errs[id] = err
					return
				}
				histories[id] = append(histories[id], porcupine.Operation{ClientId: id, Input: r, Call: call, Output: a, Return: c.clock.Add(1)})
			}
		})
	}
	close(begin)
	all.Wait()
	return slices.Concat(histories...), errors.Join(errs...)
}

func (c *callers) draw(random *rand.Rand) request {
	r := request{
		operation: operationNames[random.IntN(len(operationNames))],
		key:       random.IntN(keyCount), alias: random.IntN(aliasCount), tag: random.IntN(tagCount), grant: random.IntN(grantCount),
		value: 1 + random.IntN(9),
	}
	if r.operation == "ScheduleKeyDeletion" && random.IntN(2) == 0 {
		r.operation = "CancelKeyDeletion" // lest all keys are on their way out
	}
	if r.operation == "RevokeGrant" {
		r.grantID = strings.Repeat("0", 64)
		if id := c.granted[r.key].Load(); id != nil {
			r.grantID = *id
		}
	}
	return r
}

// ask makes a request of the API. An error is one that no operation answers.
func (c *callers) ask(ctx context.Context, r request) (answer, error) {
	text, err := c.call(ctx, r)
	var exception smithy.APIError
	switch {
	case err == nil:
		return answer{text: text}, nil
	case errors.As(err, &exception):
		return answer{code: exception.ErrorCode()}, nil
	default:
		return answer{}, fmt.Errorf("%v: %w", r, err)
	}
}

func (c *callers) call(ctx context.Context, r request) (text string, err error) {
	key, alias, tag := &c.keys[r.key], aws.String(aliasName(r.alias)), aws.String(tagKey(r.tag))
	switch r.operation {
	case "CreateAlias":
		_, err = c.api.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: alias, TargetKeyId: key})
	case "UpdateAlias":
		_, err = c.api.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: alias, TargetKeyId: key})
	case "DeleteAlias":
		_, err = c.api.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: alias})
	case "DescribeKey":
		var out *kms.DescribeKeyOutput
		if out, err = c.api.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: alias}); err == nil {
			text = fmt.Sprintf("key %d %s", slices.Index(c.keys[:], *out.KeyMetadata.KeyId), out.KeyMetadata.KeyState)
		}
	case "ListAliases":
		var out *kms.ListAliasesOutput
		if out, err = c.api.ListAliases(ctx, &kms.ListAliasesInput{KeyId: key}); err == nil {
			text = joined(out.Aliases, func(a types.AliasListEntry) string { return *a.AliasName })
		}
	case "DisableKey":
		_, err = c.api.DisableKey(ctx, &kms.DisableKeyInput{KeyId: key})
	case "EnableKey":
		_, err = c.api.EnableKey(ctx, &kms.EnableKeyInput{KeyId: key})
	case "ScheduleKeyDeletion":
		_, err = c.api.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: key})
	case "CancelKeyDeletion":
		_, err = c.api.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: key})
	case "Encrypt":
		_, err = c.api.Encrypt(ctx, &kms.EncryptInput{KeyId: key, Plaintext: []byte("x")})
	case "TagResource":
		value := fmt.Sprint(r.value)
		_, err = c.api.TagResource(ctx, &kms.TagResourceInput{KeyId: key, Tags: []types.Tag{{TagKey: tag, TagValue: &value}}})
	case "UntagResource":
		_, err = c.api.UntagResource(ctx, &kms.UntagResourceInput{KeyId: key, TagKeys: []string{*tag}})
	case "ListResourceTags":
		var out *kms.ListResourceTagsOutput
		if out, err = c.api.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: key}); err == nil {
			text = joined(out.Tags, func(t types.Tag) string { return *t.TagKey + "=" + *t.TagValue })
		}
	case "CreateGrant":
		var out *kms.CreateGrantOutput
		if out, err = c.api.CreateGrant(ctx, &kms.CreateGrantInput{
			KeyId: key, GranteePrincipal: aws.String(grantee), Name: aws.String(fmt.Sprint(r.grant)), Operations: []types.GrantOperation{types.GrantOperationDecrypt},
		}); err == nil {
			text = *out.GrantId
			c.granted[r.key].Store(&text)
		}
	case "RevokeGrant":
		_, err = c.api.RevokeGrant(ctx, &kms.RevokeGrantInput{KeyId: key, GrantId: &r.grantID})
	case "ListGrants":
		var out *kms.ListGrantsOutput
		if out, err = c.api.ListGrants(ctx, &kms.ListGrantsInput{KeyId: key}); err == nil {
			text = joined(out.Grants, func(g types.GrantListEntry) string { return *g.GrantId })
		}
	default:
		err = errors.New("the model has no such operation")
	}
	return text, err
}

// joined is a list in the order of its texts, as the model has it.
func joined[T any](list []T, text func(T) string) string {
	var texts []string
	for _, item := range list {
		texts = append(texts, text(item))
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}
