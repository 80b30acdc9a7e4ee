package service

// authorize says whether the caller may do the action with the key. shown is
// how the caller named it, which is all that a refusal may tell.
func (c *call) authorize(action string, k *key, shown string) error {
	if k.account.id == c.who.Account {
		return nil
	}
	return c.denied(action, shown)
}

// denied is AWS's answer when the key's side allows nothing.
func (c *call) denied(action, resource string) error {
	return accessDenied("User: " + c.who.ARN + " is not authorized to perform: " + action +
		" on resource: " + resource + " because no resource-based policy allows the " + action + " action")
}
