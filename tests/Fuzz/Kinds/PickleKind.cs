using CogVideoX.Fuzz.Mutation;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>Spoiled files of <c>torch.save</c>, of both forms: opened, seen under Hugging Face's names, every byte read.</summary>
internal sealed class PickleKind : IFuzzKind
{
    private const string Payload = "PWNED"; // what the hostile ones would make

    private readonly List<(string Name, PickleMutator Mutator)> files = [], good = []; // what was whole gets further
    private string path = "";

    public string Name => "pickle";

    public void Prepare(string scratch)
    {
        path = Path.Combine(scratch, "spoiled.pt");
        foreach (string folder in new[] { "foreign/pickles", "foreign/sat/5b-i2v", "foreign/t5/whole-model-bin" })
        {
            IEnumerable<string> found = Directory.EnumerateFiles(Repository.Goldens(folder), "*", SearchOption.AllDirectories);
            foreach (string file in found.Where(file => Path.GetExtension(file) is ".pt" or ".bin").Order(StringComparer.Ordinal))
                files.Add((Path.GetRelativePath(Repository.Goldens("foreign"), file), new PickleMutator(File.ReadAllBytes(file))));
        }
        good.AddRange(files.Where(file => !file.Name.Contains("refuse", StringComparison.Ordinal)));
    }

    public FuzzInput Make(FuzzRandom random)
    {
        (string name, PickleMutator mutator) = random.Pick(random.OneIn(3) ? files : good);
        byte[] spoiled = mutator.Mutate(random);
        string text = Convert.ToHexString(spoiled, 0, Math.Min(spoiled.Length, 4096));
        return new FuzzInput(() => $"{name} ({spoiled.Length} bytes):\n{text}", () => Run(spoiled));
    }

    public bool IsExpected(Exception exception) => exception is TensorException;

    private string? Run(byte[] spoiled)
    {
        File.WriteAllBytes(path, spoiled);
        long before = GC.GetAllocatedBytesForCurrentThread(), most = 4L * spoiled.Length + (64 << 20);
        try
        {
            Eat();
            return File.Exists(Payload) ? $"{Payload} was made" : Growth();
        }
        catch (TensorException) when (Growth() is not null)
        {
            return Growth();
        }
        finally
        {
            File.Delete(path);
        }

        string? Growth()
        {
            long taken = GC.GetAllocatedBytesForCurrentThread() - before;
            return taken > most ? $"{taken} bytes were taken" : null;
        }
    }

    private void Eat()
    {
        using ITensorFile file = WeightLayouts.Translate(TensorFile.Open(path));
        byte[] chunk = new byte[4096];
        foreach (string name in file.Names)
        {
            file.TryDescribe(name, out TensorInfo info);
            file.TryGet(name, out Tensor tensor);
            if ((tensor.Type, tensor.Shape) != (info.Type, info.Shape))
                throw new InvalidOperationException($"{name} is said to be {info} and is {tensor}");
            int elements = chunk.Length / tensor.Type.Size;
            for (long first = 0; first < tensor.Count; first += elements)
            {
                int count = (int)Math.Min(elements, tensor.Count - first);
                TensorSource.Of(name, tensor).Fill(first, chunk.AsSpan(0, count * tensor.Type.Size));
            }
        }
    }
}
