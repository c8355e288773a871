namespace CogVideoX.Pipelines.Hub;

/// <summary>What the Hub says of a model at a revision.</summary>
/// <param name="Name">As it was asked for.</param>
/// <param name="Commit">What the revision is at.</param>
/// <param name="Files">All files whose names can be written on any disk.</param>
internal sealed record HubModel(ModelName Name, string Commit, IReadOnlyList<HubFile> Files);

/// <summary>A file of a model on the Hub.</summary>
/// <param name="Name">From the model's root, with <c>/</c>.</param>
/// <param name="Bytes">How many; null where the listing doesn't say.</param>
/// <param name="Checksum">Its blob's name (<see cref="BlobFile"/>); null where the listing doesn't say.</param>
internal sealed record HubFile(string Name, long? Bytes, string? Checksum);
