"""What is asked: instruments, plans, expressions and the forms they become."""
