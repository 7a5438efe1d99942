"""What happens and when: nodes, triggers, distributions and the evaluation of one frame."""
