namespace CogVideoX.Emulator.Syntax;

/// <summary>The lines that a module begins with: .version, .target and .address_size, in this order (PTX ISA 11.1).</summary>
internal sealed class HeaderParser(TokenReader reader, PtxModule module)
{
    /// <summary>Words beside the architecture; those that ask for debug information are checked at the module's end.</summary>
    private static readonly HashSet<string> Options = ["texmode_unified", "texmode_independent", "debug"];

    public void Parse()
    {
        Version();
        Target();
        if (reader.Current.Is(".address_size"))
            AddressSize();
    }

    private void Version()
    {
        int line = reader.Line;
        if (!reader.TryTake(".version"))
            throw new PtxException(line, ".version is missing: it stands first, and .target after it");
        Token number = reader.Take();
        if (number.Kind != TokenKind.Real || !PtxVersion.TryParse(number.Text, out PtxVersion version))
            throw new PtxException(number.Line, ".version needs a number such as 8.0");
        if (!version.IsKnown)
            throw new PtxException(number.Line, $"unsupported .version {number.Text}; the newest is {PtxVersion.Newest}");
        (module.Version, module.IsaVersion) = (number.Text, version);
    }

    private void Target()
    {
        int line = reader.Line;
        if (!reader.TryTake(".target"))
            throw new PtxException(line, ".target is missing: it stands after .version");
        module.TargetLine = line;
        var names = new List<string>();
        PtxTarget? found = null;
        do
        {
            line = reader.Line;
            string name = reader.ExpectName();
            names.Add(name);
            if (Options.Contains(name))
                continue;
            if (!PtxTarget.TryParse(name, out PtxTarget target) || target.FirstVersion is not { } first)
                throw new PtxException(line, $"unsupported .target '{name}'");
            if (module.IsaVersion < first)
                throw new PtxException(line, $".version {module.Version} does not support .target {name}: it came with {first}");
            found = target;
        }
        while (reader.TryTake(","));
        module.Target = found ?? throw new PtxException(line, ".target names no architecture");
        module.Targets = names;
    }

    private void AddressSize()
    {
        int line = reader.Take().Line;
        if (PtxFeature.Missing(".address_size", module.Target, module.IsaVersion) is { } missing)
            throw new PtxException(line, missing);
        if (reader.ExpectInteger() != 64)
            throw new PtxException(line, "only 64-bit addresses are supported");
    }
}
