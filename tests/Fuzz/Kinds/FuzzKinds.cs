namespace CogVideoX.Fuzz.Kinds;

/// <summary>Every kind of input.</summary>
internal static class FuzzKinds
{
    public static IReadOnlyList<IFuzzKind> All { get; } =
    [
        new CheckpointKind(), new PickleKind(), new LoraKind(), new TokenizerKind(), new TokenizerFileKind(), new PtxKind(), new CaseKind(),
        new MetadataKind(), new StateKind(), new ForeignKind(), new CommandKind(),
    ];

    public static IFuzzKind Find(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new ArgumentException($"there is no kind '{name}'; there are all, {string.Join(", ", All.Select(kind => kind.Name))}");
}
