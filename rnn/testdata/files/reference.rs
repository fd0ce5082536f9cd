// What the reference implementation of safetensors finds in files: metadata, and of
// every tensor the type, the shape and the sum of its bytes.
//
//     cargo init --name reference && cargo add safetensors@0.5.3
//     cp reference.rs src/main.rs
//     cargo run -- *.safetensors > seen_reference.txt
use safetensors::SafeTensors;

fn main() {
    for path in std::env::args().skip(1) {
        let data = std::fs::read(&path).unwrap();
        let file = SafeTensors::deserialize(&data).unwrap();
        let (_, header) = SafeTensors::read_metadata(&data).unwrap();
        let m = header.metadata().as_ref().unwrap();
        let quoted = |key: &str| m[key].replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t").replace('\u{1}', "\\x01");
        println!("{path} metadata \"{}\" \"{}\" {} \"{}\"", quoted("task"), quoted("arm"), m["seed"], quoted("settings"));
        let mut names = file.names();
        names.sort();
        for name in names {
            let t = file.tensor(name).unwrap();
            let shape: Vec<String> = t.shape().iter().map(|d| d.to_string()).collect();
            let sum: u64 = t.data().iter().map(|&b| b as u64).sum();
            println!("{path} {name} {:?} [{}] {sum}", t.dtype(), shape.join(" "));
        }
    }
}
