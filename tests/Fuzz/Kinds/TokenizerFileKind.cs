using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Fuzz.Mutation;
using CogVideoX.Models.T5;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>
/// A tokenizer's folder with <c>tokenizer.json</c> in either form, or <c>added_tokens.json</c> beside <c>spiece.model</c>, spoiled.
/// </summary>
internal sealed class TokenizerFileKind : IFuzzKind
{
    private static readonly string[] Texts =
    [
        "a red  circle, moving left!", "x<extra_id_0>y </s> ＜unk＞ ½\u0301 ▁▁aaab",
        "e\u0301 \uFB01 \u1112\u1161\u11AB \uD83D\uDC3C \uD800\r\n",
    ];

    private readonly List<(string Path, JsonNode Document)> files = [];

    public string Name => "tokenizer-file";

    public void Prepare(string scratch)
    {
        string goldens = Repository.Goldens("tokenizer");
        Add("alone", "tokenizer.json");
        Add("beside", "added_tokens.json");
        File.Copy(Path.Combine(goldens, "spiece.model"), Path.Combine(scratch, "beside", "spiece.model"));
        Add("converted", "tokenizer.json");
        JsonNode alone = files[0].Document, converted = files[2].Document;
        alone["normalizer"]!["precompiled_charsmap"] = SmallMap();
        converted["pre_tokenizer"] = converted["pre_tokenizer"]!["pretokenizers"]![1]!.DeepClone();
        converted["normalizer"] = JsonNode.Parse(
            """
            {"type": "Sequence", "normalizers": [0,
              {"type": "Strip", "strip_left": false, "strip_right": true},
              {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}]}
            """);
        converted["normalizer"]!["normalizers"]![0] = alone["normalizer"]!.DeepClone();

        void Add(string folder, string name)
        {
            Directory.CreateDirectory(Path.Combine(scratch, folder));
            files.Add((Path.Combine(scratch, folder, name), JsonNode.Parse(File.ReadAllBytes(Path.Combine(goldens, "json", name)))!));
        }
    }

    public FuzzInput Make(FuzzRandom random)
    {
        (string path, JsonNode document) = random.Pick(files);
        byte[] spoiled = JsonMutator.Mutate(random, document);
        return new FuzzInput(() => Encoding.UTF8.GetString(spoiled), () =>
        {
            File.WriteAllBytes(path, spoiled);
            var tokenizer = T5Tokenizer.Load(Path.GetDirectoryName(path)!);
            foreach (string text in Texts)
            {
                int[] ids = tokenizer.Encode(text, addEos: true);
                if (ids.Any(id => id < 0 || id >= tokenizer.VocabularySize))
                    return "an id that the vocabulary hasn't";
                if (tokenizer.Normalize(text) != string.Concat(tokenizer.Pieces(text)))
                    return "pieces that aren't the text";
                tokenizer.Decode(ids);
                tokenizer.Coverage(text);
            }
            return null;
        });
    }

    public bool IsExpected(Exception exception) => exception is TokenizerException;

    // That of the file is 240 KB, which would be most of the time. This one makes "b" of "a": a double array of 512 units.
    private static string SmallMap()
    {
        const int FirstChild = 256, Leaf = 300, Key = FirstChild ^ 'a', HasLeaf = 1 << 8;
        int[] units = new int[512];
        units[0] = FirstChild << 10;
        units[Key] = ((Key ^ Leaf) << 10) | HasLeaf | 'a';
        units[Leaf] = int.MinValue;
        byte[] trie = MemoryMarshal.AsBytes<int>(units).ToArray();
        return Convert.ToBase64String([.. BitConverter.GetBytes(trie.Length), .. trie, (byte)'b', 0]);
    }
}
