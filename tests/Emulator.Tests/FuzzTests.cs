namespace CogVideoX.Emulator.Tests;

/// <summary>Kernels with words exchanged: they may fault or be refused, but nothing else.</summary>
public class FuzzTests
{
    [Theory]
    [InlineData("integers", "simt.ptx")]
    [InlineData("divergent", "simt.ptx")]
    [InlineData("jump_table", "simt.ptx")]
    [InlineData("named_barriers", "simt.ptx")]
    [InlineData("mma_shapes", "tensor.ptx")]
    [InlineData("bulk_copy_reverse", "hopper.ptx")]
    [InlineData("tma_3d_halo", "hopper.ptx")]
    [InlineData("tma_multicast", "hopper.ptx")]
    [InlineData("wgmma_a_in_registers", "hopper.ptx")]
    public void ExchangedWordsNeverCrashTheEmulator(string name, string file)
    {
        PtxCase one = PtxCase.Read(Path.Combine(Goldens.Cases, name + ".json"));
        string text = File.ReadAllText(Path.Combine(Goldens.Cases, file));
        int start = text.IndexOf($".entry {name}(", StringComparison.Ordinal);
        int end = text.IndexOf(".entry ", start + 1, StringComparison.Ordinal);
        if (end < 0)
            end = text.IndexOf(".file", start, StringComparison.Ordinal);
        string entry = text[start..text.LastIndexOf('}', end)];
        string head = string.Join('\n', text[..text.IndexOf(".entry", StringComparison.Ordinal)].Split('\n').SkipLast(1));
        string[] lines = [.. entry.Split('\n').Where(l => !l.Contains(".loc\t"))];
        Assert.True(one.Run(PtxModule.Parse($"{head}\n.visible {string.Join('\n', lines)}\n}}")).Passed);
        var random = new Random(name.Length);
        int refused = 0;
        for (int round = 0; round < 60; round++)
        {
            string[] changed = (string[])lines.Clone();
            for (int k = random.Next(1, 4); k > 0; k--)
                Exchange(changed, random);
            var options = new LaunchOptions { Seed = round, MaxLaunchInstructions = 20_000 };
            try
            {
                one.Run(PtxModule.Parse($"{head}\n.visible {string.Join('\n', changed)}\n}}"), options);
            }
            catch (EmulatorException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, 60); // and whatever is thrown else fails the test
    }

    private static void Exchange(string[] lines, Random random)
    {
        int at = random.Next(lines.Length);
        string[] words = lines[at].Split(' ', '\t'), others = lines[random.Next(lines.Length)].Split(' ', '\t');
        switch (random.Next(4))
        {
            case 0: lines[at] = ""; break;
            case 1: lines[at] = lines[random.Next(lines.Length)]; break;
            case 2: words[random.Next(words.Length)] = others[random.Next(others.Length)]; lines[at] = string.Join(' ', words); break;
            default: lines[at] = lines[at].Replace((char)random.Next('0', '9'), (char)random.Next('0', '9' + 1)); break;
        }
    }
}
