"""The pages people use: each is one `.graphql` document and one template, asked through the same path as any partner."""
