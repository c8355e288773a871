using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>
/// An adapter as it lies on the disk, mapped and checked as far as it can be without the model that it is for: names, shapes, halves that
/// belong together, numbers.
/// </summary>
internal sealed class LoraFile : IDisposable
{
    private const int MostModules = 10_000;
    private const long CheckedFloats = 1 << 20; // at a time
    private const string Again = "Download it again.";

    // Each with the config that may lie beside it.
    private static readonly string[] KnownNames =
    [
        "pytorch_lora_weights.safetensors", "adapter_model.safetensors", "pytorch_lora_weights.bin", "adapter_model.bin", SatName,
    ];

    // Models have this name, too. It lies in a folder named after the step; what is about the adapter lies beside that folder.
    private const string SatName = "mp_rank_00_model_states.pt";

    private readonly ITensorFile file;
    private readonly LoraConfig? config;
    private readonly bool isOfSat;

    private LoraFile(string path, double? alpha, WeightFiles weights, string? folder)
    {
        Path = path;
        AskedAlpha = alpha;
        Weights = weights;
        file = weights.Files[0];
        if (LoraDialects.Method(file.Names) is { } method)
            throw new LoraException($"{file.Path}: {method}");
        config = LoraConfig.Find(file, folder);
        isOfSat = file.Names.Any(SatNames.IsHalf);
        (Modules, Unread) = Read();
        if (Modules.Count == 0)
            throw new LoraException($"{file.Path}: {LoraDialects.Unreadable(file.Names)}");
        if (isOfSat)
        {
            BaseWeights = [.. Unread.Where(key => !SatNames.IsHalf(key))];
            Unread = [.. Unread.Except(BaseWeights)];
        }
        AlphaSource = HasAlphas() ? "its alpha tensors"
            : Modules.Any(module => config?.AlphaOf(module.Name) is not null) ? config!.Source
            : isOfSat ? "SAT's default"
            : null;
    }

    /// <summary>The file or folder, as it was named.</summary>
    public string Path { get; }

    /// <summary>The file, where a folder was named.</summary>
    public string FilePath => file.Path;

    /// <summary>What it is called: the name of the file, or of the folder where that of the file is every adapter's.</summary>
    public string Name
    {
        get
        {
            string full = System.IO.Path.GetFullPath(file.Path), name = System.IO.Path.GetFileName(full);
            return HasKnownName(name)
                ? System.IO.Path.GetFileName(OwnFolder(full))
                : System.IO.Path.GetFileNameWithoutExtension(name);
        }
    }

    public WeightFiles Weights { get; }

    /// <summary>By the order of the file.</summary>
    public IReadOnlyList<LoraModule> Modules { get; }

    /// <summary>Keys that are no part of a layer's A, B or alpha.</summary>
    public IReadOnlyList<string> Unread { get; }

    /// <summary>Keys of weights that it was trained over, which some programs save beside it; the model's own count.</summary>
    public IReadOnlyList<string> BaseWeights { get; } = [];

    /// <summary>What counts for alpha, whatever the file says; null where the file decides.</summary>
    public double? AskedAlpha { get; }

    /// <summary>Where the file's alpha is from, in words; null where it gives none, and each layer's rank counts.</summary>
    public string? AlphaSource { get; }

    /// <summary>Bytes of all tensors but <see cref="BaseWeights"/>.</summary>
    public long Bytes => Own.Sum(tensor => tensor.Bytes);

    /// <summary>The types that its tensors are stored in.</summary>
    public IReadOnlyList<string> Types => [.. Own.Select(tensor => tensor.Type.Name).Distinct().Order(StringComparer.Ordinal)];

    private IEnumerable<Tensor> Own => file.Names.Except(BaseWeights).Select(name => file[name]);

    /// <summary>Opens an adapter.</summary>
    /// <param name="path">A file, or a folder with <c>pytorch_lora_weights</c> (diffusers) or <c>adapter_model</c> (PEFT), as
    /// <c>.safetensors</c> or <c>.bin</c>, or with SAT's <c>mp_rank_00_model_states.pt</c>.</param>
    /// <param name="alpha">What counts for alpha of every layer, whatever the file says; null where the file decides.</param>
    /// <exception cref="LoraException">It is no LoRA, or one that isn't supported, or damaged.</exception>
    /// <exception cref="TensorFileException">The file is missing or damaged.</exception>
    /// <exception cref="ConfigException">What lies beside it, or in its header, is damaged.</exception>
    public static LoraFile Open(string path, double? alpha = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        string file = Directory.Exists(path) ? InFolder(path) : path;
        // Configs that lie beside a file of another name may be another adapter's.
        bool ownsFolder = HasKnownName(file);
        var weights = WeightFiles.OpenFile(file);
        try
        {
            return new LoraFile(path, alpha, weights, ownsFolder ? OwnFolder(System.IO.Path.GetFullPath(file)) : null);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file has a name that every adapter of some program has.</summary>
    public static bool HasKnownName(string file) => KnownNames.Contains(System.IO.Path.GetFileName(file));

    /// <summary>Whether a folder is an adapter's by the name of a file in it, which no model has.</summary>
    public static bool IsFolderOfOne(string folder) => FindInFolder(folder) is { } file && System.IO.Path.GetFileName(file) != SatName;

    /// <summary>The file of an adapter's folder; null where there is none.</summary>
    public static string? FindInFolder(string folder) =>
        KnownNames.Select(name => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    // Of a file whose name is every adapter's: the folder that is named after this one.
    private static string OwnFolder(string file)
    {
        string folder = System.IO.Path.GetDirectoryName(file)!;
        return System.IO.Path.GetFileName(file) == SatName ? System.IO.Path.GetDirectoryName(folder) ?? folder : folder;
    }

    private static string InFolder(string folder) => FindInFolder(folder) ?? throw new LoraException(
        $"{folder} has neither {string.Join(" nor ", KnownNames)}. Name the file of the LoRA itself, or the folder that has it.");

    private (IReadOnlyList<LoraModule> Modules, IReadOnlyList<string> Unread) Read()
    {
        var found = new OrderedDictionary<string, Halves>();
        var unread = new List<string>();
        foreach (string key in file.Names)
        {
            if (LoraKey.Parse(key) is not { } parsed)
            {
                unread.Add(key);
                continue;
            }
            if (!found.TryGetValue(parsed.Module, out Halves? halves))
                found.Add(parsed.Module, halves = new Halves());
            ref string? place = ref halves.Of(parsed.Part);
            if (place is not null)
            {
                throw Wrong(
                    $"{Quoted.Name(place)} and {Quoted.Name(key)} are of one layer; files with several adapters aren't read. "
                    + "Use a file for each.");
            }
            place = key;
            if (found.Count > MostModules)
                throw Wrong($"it has more than {MostModules} layers, which no model of CogVideoX has.");
        }
        var modules = new List<LoraModule>();
        foreach ((string name, Halves halves) in found)
        {
            if (halves.A is null && halves.B is null)
                unread.Add(halves.Alpha!);
            else
                modules.Add(Check(name, halves));
        }
        return (modules, unread);
    }

    private bool HasAlphas() => file.Names.Any(key => LoraKey.Parse(key) is { Part: LoraPart.Alpha });

    private LoraModule Check(string name, Halves halves)
    {
        if (halves.A is null || halves.B is null)
        {
            string missing = halves.A is null ? "A (lora_A, lora.down)" : "B (lora_B, lora.up)";
            throw Wrong($"{Quoted.Name(halves.A ?? halves.B!)} has no partner: {missing} of {Quoted.Name(name)} is missing. {Again}");
        }
        Tensor a = Numbers(halves.A), b = Numbers(halves.B);
        bool isMatrix = a.Shape.Rank == 2 && b.Shape.Rank == 2;
        bool isConvolution = a.Shape.Rank == 4 && b.Shape.Rank == 4 && b.Shape[2] == 1 && b.Shape[3] == 1;
        if (!isMatrix && !isConvolution)
            throw Wrong($"{Quoted.Name(name)} has A {a.Shape} and B {b.Shape}; A is [rank, inputs] and B [outputs, rank]. {Again}");
        int rank = a.Shape[0];
        if (rank != b.Shape[1] || a.Count == 0 || b.Count == 0)
        {
            throw Wrong(
                $"{Quoted.Name(name)} has A {a.Shape} of rank {rank} and B {b.Shape} of rank {b.Shape[1]}; they need the same, 1 or more. "
                + Again);
        }
        if (config?.RankOf(name) is { } said && said != rank)
            throw Wrong($"{Quoted.Name(name)} has rank {rank}, {config.Source} says {said}: one isn't the other's. {Again}");
        CheckFinite(halves.A, a);
        CheckFinite(halves.B, b);
        double? own = halves.Alpha is { } alphaKey ? AlphaIn(alphaKey) : null;
        double alpha = AskedAlpha ?? own ?? config?.AlphaOf(name) ?? (isOfSat ? SatNames.Alpha : rank);
        bool isStabilized = own is null && config is { IsRankStabilized: true };
        return new LoraModule(name, halves.A, halves.B, a.Shape, b.Shape, alpha, alpha / (isStabilized ? Math.Sqrt(rank) : rank));
    }

    private Tensor Numbers(string key) => file[key] is { Type: { IsKernelFloat: true, IsBlocked: false } } tensor
        ? tensor
        : throw Wrong($"{Quoted.Name(key)} is {file[key].Type}; LoRAs are F32, BF16, F16 or an 8-bit float. Convert it to one of these.");

    private double AlphaIn(string key)
    {
        Tensor stored = Numbers(key);
        if (stored.Count != 1)
            throw Wrong($"{Quoted.Name(key)} has the shape {stored.Shape}; an alpha is one number. {Again}");
        float alpha = stored.ToFloats()[0];
        return float.IsFinite(alpha) ? alpha : throw Wrong($"{Quoted.Name(key)} is {alpha}; an alpha is a finite number. {Again}");
    }

    private void CheckFinite(string key, Tensor tensor)
    {
        int rows = tensor.Shape[0], step = (int)Math.Clamp(CheckedFloats / tensor.Shape.Product(1, tensor.Shape.Rank), 1, rows);
        for (int row = 0; row < rows; row += step)
        {
            if (!tensor.Rows(row, Math.Min(step, rows - row)).ToFloats().All(float.IsFinite))
                throw Wrong($"{Quoted.Name(key)} holds NaN or infinity: its training went wrong, or the file is damaged. Use another.");
        }
    }

    private LoraException Wrong(string problem) => new($"{file.Path}: {problem}");

    /// <summary>The keys of one layer.</summary>
    private sealed class Halves
    {
        private string? a, b, alpha;

        public string? A => a;

        public string? B => b;

        public string? Alpha => alpha;

        public ref string? Of(LoraPart part)
        {
            if (part == LoraPart.A)
                return ref a;
            return ref part == LoraPart.B ? ref b : ref alpha;
        }
    }
}
