"""The desk by API: staged imports and harvests."""
