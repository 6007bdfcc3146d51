"""What is indexed: documents, their texts, and the index that follows the publication log."""
