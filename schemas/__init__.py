"""What a record is: pure functions over bytes and structs; no Flask, SQL, network or clock in this room."""
