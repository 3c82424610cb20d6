"""Pure decisions of the inbox: what is meant, how urgent, where, until when."""
